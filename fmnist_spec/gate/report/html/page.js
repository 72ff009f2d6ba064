// Narrows the overview, and the notebooks below it, to those that are looked for.
const form = document.querySelector(".narrow");
if (form) {
  const box = form.querySelector("[type=search]");
  const said = form.querySelector("output");
  const rows = [...document.querySelectorAll(".overview tbody tr")].map((row) => ({
    row,
    section: document.getElementById(row.dataset.of),
    text: row.textContent.toLowerCase(),
  }));
  const narrow = () => {
    const words = box.value.toLowerCase().split(/\s+/);
    const verdict = form.elements.verdict.value;
    let shown = 0;
    for (const { row, section, text } of rows) {
      const is = (!verdict || row.dataset.verdict === verdict) && words.every((one) => text.includes(one));
      row.hidden = section.hidden = !is;
      shown += is;
    }
    said.textContent = said.dataset.said.replace("{shown}", shown);
  };
  form.addEventListener("input", narrow);
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button) {
      box.value = box.value === button.value ? "" : button.value;
      narrow();
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  narrow();
}
