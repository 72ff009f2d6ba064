"""Golden files: exact texts that change only on request, in a run that fails."""

import difflib


def golden_problem(text, path, *, regenerate, ci, test="tests/test_golden.py"):
    """Say why ``text`` is not the golden file's, or None if it is. Writes only if asked to.

    ``test`` holds the tests that write the file.
    """
    how = f"If it is to be so, run: pytest {test} --regenerate-golden"
    if regenerate and ci:
        return f"{path}: refused to write it because CI is set. Write it at home and commit it."
    if regenerate:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(text.encode())
        unfinished.replace(path)
        return f"{path}: written. Look at what changed, then run without --regenerate-golden."
    if not path.is_file():
        return f"{path}: missing. {how}"
    if path.read_bytes() == text.encode():
        return None
    golden = path.read_bytes().decode(errors="backslashreplace")
    lines = golden.splitlines(True), text.splitlines(True)
    diff = "".join(difflib.unified_diff(*lines, "golden file", "now"))
    return f"{path}: there is other text now. {how}\n{diff}"
