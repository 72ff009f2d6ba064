"""The page: what was found beside the cells, and what the run showed, drawn."""

import base64
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from notebooks import LESSON
from pages import IMAGES, TOLD, TRAINED, Read, code, finding, page, printed, result, run_of
from traces import FIT, built, swap, trace

from fmnist_spec import language
from fmnist_spec.gate.finding import Result
from fmnist_spec.gate.report.html.cleaning import markdown
from fmnist_spec.gate.report.html.outputs import outputs_of
from fmnist_spec.gate.report.html.pictures import strip

SVG = '<svg viewBox="0 0 9 9"><path d="M0 0L9 9"/></svg>'


def texts(document: str, tag: str, kind: str) -> list[str]:
    """Give the texts of all elements of a class."""
    found = re.findall(rf'<{tag} class="{kind}"[^>]*>(.*?)</{tag}>', document, re.DOTALL)
    return [" ".join(Read(one).text.split()) for one in found]


def test_a_finding_stands_beside_its_cell(tmp_path: Path) -> None:
    """With its place, the two values, and a link from the top."""
    written = page(result(tmp_path, code("1"), code("fit()", printed("log")), found=[finding(1)]))
    _, row = written.split('<div class="row found">')
    (told,) = texts(row, "article", "finding error")
    assert told.startswith("error epochs line 1")
    assert "the lesson says 5 the notebook has 7" in told
    assert '<mark class="error">fit()\n</mark>' in row
    assert '<a href="#n0f0">epochs</a> <span>In [1], cell 2, line 1</span>' in written


@pytest.mark.parametrize(("spoken", "told"), [("en", "cell 1; "), ("ko", "1번째 셀, ")])
def test_places_of_one_network_are_listed_as_the_language_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoken: str, told: str
) -> None:
    """An English place may have a comma in it, a Korean one has none."""
    monkeypatch.setenv(language.ASKED, spoken)
    twice = (built(0, "list"), replace(built(1, "list"), cell=1))
    run = trace(*(replace(one, cell=at) for at, one in enumerate(twice)))
    written = page(result(tmp_path, code("1"), code("2"), trace=run))
    (caption,) = re.findall(r"<figcaption>([^<]*2[^<]*)\n?</figcaption>", written)
    assert told in caption.replace("In [1], ", "").replace("In [1] ", "")


def test_networks_are_drawn_beside_the_lessons(tmp_path: Path) -> None:
    """Equal ones once; a layer that differs is marked, with what the lesson has."""
    written = page(result(tmp_path, code("1"), trace=run_of()))
    lessons, smaller, *_ = re.findall(r'<figure class="network.*?</figure>', written, re.DOTALL)
    assert 'class="layer wrong"' not in lessons
    assert smaller.count('class="layer wrong"') == 1
    assert "≠ 100 sigmoid" in smaller
    assert "layer 1 has 64 units instead of 100" in smaller
    assert "784; 64 sigmoid; 10 softmax" in smaller


def test_a_training_is_drawn(tmp_path: Path) -> None:
    """Accuracy and loss by epoch, of both parts, and the images with their range."""
    written = page(result(tmp_path, code("1"), trace=run_of()))
    read = Read(written)
    (accuracy,) = (one for one in read.of("svg") if "Accuracy" in (one["aria-label"] or ""))
    assert accuracy["aria-label"] == "Accuracy by epoch: training 0.8; validation 0.7"
    assert len(read.of("polyline")) == 3
    assert len(read.of("img")) == 1
    assert "Their values go from 0 to 1." in written
    assert "Red is above" not in written


def test_images_that_were_not_divided_are_seen_at_once(tmp_path: Path) -> None:
    """The strip has the lesson's range, and colours what is beyond it."""
    raw = replace(TRAINED, pictures=replace(TOLD, maximum=255.0))
    written = page(result(tmp_path, code("1"), trace=run_of(raw)))
    assert "Their values go from 0 to 255." in written
    assert "Red is above that, blue below." in written


def pixels(told: Any) -> Any:
    """Read the strip's pixels with another program than the one that wrote them."""
    import io

    from matplotlib.image import imread

    found = strip(told, 0.0, 1.0)
    assert found is not None
    return (imread(io.BytesIO(base64.b64decode(found[0])), format="png") * 255).round().astype(int)


def test_the_strip_shows_the_values() -> None:
    """Black to white is the lesson's range; above it is red, below blue, between images nothing."""
    drawn = pixels(TOLD)
    assert drawn.shape == (28, 8 * 28 + 7 * 2, 4)
    assert (drawn[:, :28, 0] == IMAGES[0]).all()
    assert (drawn[:, 28:30, 3] == 0).all()
    above, below = pixels(replace(TOLD, maximum=255.0)), pixels(replace(TOLD, minimum=-1.0))
    assert above[5, -14, 0] > 200
    assert above[5, -14, 1] < 150
    assert tuple(below[0, 0, :3]) == (80, 130, 255)
    assert not pixels(replace(TOLD, minimum=0.0, maximum=0.0))[:, :28, :3].any(), "all are black"


@pytest.mark.parametrize(
    "forged",
    [
        {"count": 10**9}, {"count": -8}, {"height": 0}, {"width": 29}, {"values": "no"},
        {"values": ""}, {"minimum": float("nan")}, {"maximum": float("inf")}, {"minimum": 2.0},
    ],
    ids=str,
)  # fmt: skip
def test_a_forged_strip_is_not_drawn(forged: dict[str, Any]) -> None:
    """The notebook's process may tell any numbers and texts."""
    assert strip(replace(TOLD, **forged), 0.0, 1.0) is None


@pytest.mark.parametrize("values", [(), (float("nan"),) * 3, (float("inf"), 1.0), (1e308, -1e308)])
def test_a_wild_history_breaks_no_chart(tmp_path: Path, values: tuple[float, ...]) -> None:
    """A training may diverge, and a forged one be without measure."""
    wild = replace(TRAINED, history={"loss": values, "accuracy": values, "val_loss": ()})
    written = page(result(tmp_path, code("1"), trace=run_of(wild)))
    assert "nan" not in "".join(re.findall(r"<svg.*?</svg>", written, re.DOTALL))


def test_the_overview_has_the_worst_first(tmp_path: Path) -> None:
    """As the exit code weighs: what has no verdict, what fails, by errors; what is skipped last."""
    broken = Result(Path("bad.ipynb"), "error", reason="bad.ipynb: <no> JSON.")
    results = [
        result(tmp_path, name="sound"),
        Result(Path("other.ipynb"), "skipped", reason="other.ipynb: of no lesson."),
        broken,
        result(tmp_path, name="one", found=[finding(0)]),
        result(tmp_path, name="two", found=[finding(0), finding(None)]),
    ]
    written = page(*results)
    names = [Path(one).stem for one in re.findall(r'row"><a href="#n\din">([^<]*)', written)]
    assert names == ["bad", "two", "one", "sound", "other"]
    assert '<p class="reason">bad.ipynb: &lt;no&gt; JSON.</p>' in written
    assert "2 fail" in written
    assert "<span>epochs \u00d72</span>" in written


def test_many_findings_are_left_out(tmp_path: Path) -> None:
    """Nobody reads as many, and a page has only so much room; another format has them."""
    found = [finding(0)] * 10
    few = page(*[result(tmp_path, found=found)] * 1000)
    assert few.count("<article") == 5_000
    assert "5 more findings are left out" in few


def test_what_a_notebook_silences_is_counted(tmp_path: Path) -> None:
    """It is no finding, and a reader knows that it was there."""
    written = page(replace(result(tmp_path), silenced=(finding(0), finding(0))))
    assert "2 findings silenced in the notebook: epochs" in written
    assert "<article" not in written


def test_a_run_without_excerpts_says_so(tmp_path: Path) -> None:
    """Its cells broke what shows them: the findings are there all the same."""
    bare = replace(result(tmp_path, found=[finding(0)]), shown={})
    written = page(bare)
    assert "The cells of this notebook could not be shown here." in written
    assert written.count("<article") == 1


def test_nothing_to_show_is_a_page_too() -> None:
    """As after Ctrl-C before the first notebook."""
    assert "</html>" in page()


def test_lessons_are_told_apart(tmp_path: Path) -> None:
    """A finding of one of two lessons names its file."""
    one = replace(finding(0), lesson_files=(Path("b.toml"),))
    two = replace(result(tmp_path, found=[one]), lesson_files=("a.toml", "b.toml"))
    written = page(two)
    assert "Lessons: a.toml, b.toml" in written
    assert '<p class="faint">by b.toml</p>' in written


def test_many_networks_and_trainings_are_counted(tmp_path: Path) -> None:
    """A loop may train hundreds."""
    events = [replace(FIT, model=2, cell=0, pictures=None)] * 9
    shown = trace(*(replace(one, cell=0) for one in swap(FIT)), *events)
    written = page(result(tmp_path, code("1"), trace=shown))
    assert written.count('<section class="training">') == 4
    assert "5 more trainings are left out." in written


def test_the_page_speaks_korean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words do; ids of rules stay."""
    monkeypatch.setenv(language.ASKED, "ko")
    written = page(result(tmp_path, found=[finding(0)], trace=run_of()), result(tmp_path))
    assert '<html lang="ko">' in written
    for word in ("노트북 검사 보고서", "에포크별 정확도", "수업의 신경망", "실패 1개", ">epochs<"):
        assert word in written
    assert LESSON.title not in written


def test_the_innermost_block_of_a_line_is_marked() -> None:
    """A list would else be marked for one of its items, and each block around it."""
    assert markdown("- one\n- two", {2: "error"}, {}).count('class="error"') == 1


def test_a_picture_that_would_be_empty_gives_way_to_what_can_be_shown() -> None:
    """Of an SVG without anything that is allowed, the reader is told its kind."""
    data = {"image/svg+xml": "<script>1</script>"}
    written = outputs_of([{"output_type": "display_data", "data": data}], 10_000)
    assert "<img" not in written
    assert "image/svg+xml" in written


def test_a_picture_says_what_it_is() -> None:
    """Who hears the page hears that there is one."""
    given = {"output_type": "display_data", "data": {"image/svg+xml": SVG}}
    (image,) = Read(outputs_of([given], 10_000)).of("img")
    assert image["alt"] == "A picture that is stored below the cell"


@pytest.mark.parametrize("traceback", [[], None, [""]], ids=str)
def test_an_error_that_is_stored_without_its_traceback_is_shown(traceback: Any) -> None:
    """By its name and what it says."""
    given = {"output_type": "error", "ename": "NameError", "evalue": "name 'x'"}
    assert (
        "NameError: name 'x'" in Read(outputs_of([{**given, "traceback": traceback}], 9_999)).text
    )
    given["traceback"] = ["a line"]  # type: ignore[assignment]
    assert Read(outputs_of([given], 9_999)).text.strip() == "a line"
