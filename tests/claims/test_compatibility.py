"""The table across TensorFlows comes from committed answers, and from nothing else."""

import configparser
import json
import re
from pathlib import Path

import pytest

from fmnist_spec import LESSON, cli
from fmnist_spec.claims import compatibility
from fmnist_spec.claims.claims import load_claims
from fmnist_spec.reading import SpecificationError

ROOT = Path(__file__).parents[2]
CLAIMS = load_claims()
ANSWERS = ROOT / cli.ANSWERS
REMEDY = "run fmnist-spec compat and commit what it writes"


def tox_ini():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini", encoding="utf-8")
    return parser


def environments(label="matrix"):
    """Names of the environments of a label, as tox.ini has them."""
    return re.search(rf"{label} = (.*)", tox_ini()["tox"]["labels"])[1].split(", ")


def pins(package):
    """Versions that tox.ini pins, by the factor in front of them."""
    deps = tox_ini()["testenv"]["deps"]
    return dict(re.findall(rf"^(\S+): {package}==(\S+)$", deps, re.MULTILINE))


@pytest.fixture(scope="module")
def columns():
    return compatibility.read_answers(ANSWERS, CLAIMS)


def test_the_table_is_made_from_the_committed_answers(columns):
    """COMPATIBILITY.md is what a fresh generation gives."""
    fresh = compatibility.render("compatibility.md", CLAIMS, columns, LESSON)
    found = (ROOT / cli.TABLE).read_text(encoding="utf-8")
    assert found == fresh, f"COMPATIBILITY.md is out of date: {REMEDY}"


def test_the_page_is_made_from_the_committed_answers(columns):
    """docs/compatibility.html is what a fresh generation gives."""
    fresh = compatibility.render("compatibility.html", CLAIMS, columns, LESSON)
    found = (ROOT / cli.PAGE).read_text(encoding="utf-8")
    assert found == fresh, f"docs/compatibility.html is out of date: {REMEDY}"


def test_every_environment_of_the_matrix_has_answered(columns):
    """There is one file of answers for each environment of tox.ini, and no other."""
    assert {column.name for column in columns} == set(environments())


def test_the_answers_come_from_the_versions_that_tox_pins(columns):
    """An environment's answers name the TensorFlow and the Keras that tox.ini installs there."""
    tensorflow = pins("tensorflow-cpu")
    for column in columns:
        pinned = tensorflow[column.name.partition("-")[0]]
        assert str(column.tensorflow) == pinned, f"{column.name}: tox.ini pins {pinned}"
    asked = {str(column.keras) for column in columns}
    assert set(pins("keras").values()) <= asked, "a pinned Keras has not answered"


def test_the_committed_answers_agree_with_the_claims(columns):
    """What a TensorFlow answered is what claims.toml says of it; tf_keras counts as 2.15."""
    for column in columns:
        judged = "2.15" if column.name.endswith("legacy") else column.tensorflow
        for claim in CLAIMS:
            holds = column.entries[claim.id].mark != compatibility.BROKEN
            assert holds == claim.holds_on(judged), (
                f"{column.name} answered {holds} to {claim.id}, claims.toml has {claim.holds!r}: "
                "edit that line, or run tox -m matrix again if the answers are old"
            )


def test_the_readme_names_the_versions_of_tox():
    """The README's table has each TensorFlow of tox.ini with its pins."""
    names = [name for name in environments() if "-" not in name]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (2\.\d+) \| (\S+) \| (\S+) \|", readme, re.MULTILINE)
    tensorflow, keras = pins("tensorflow-cpu"), pins("keras")
    pinned = {name: next(v for k, v in keras.items() if k.split("-")[0] == name) for name in names}
    expected = [(name.removeprefix("tf"), tensorflow[name], pinned[name]) for name in names]
    assert listed == expected, "the README's table of versions is not tox.ini's"


def test_the_workflow_runs_every_environment():
    """The workflow's own list of environments is tox.ini's: the matrix, and the gate on Keras 2."""
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    listed = re.search(r"environment: \[(.*?)\]", text, re.DOTALL)[1]
    names = [name.strip(' "\n') for name in listed.split(",")]
    assert names == environments() + environments("gate")


def test_the_classifiers_name_the_pythons_of_tox():
    """Every Python that an environment uses is a classifier of the package."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    used = set(re.findall(r"python(3\.\d+)", (ROOT / "tox.ini").read_text(encoding="utf-8")))
    named = set(re.findall(r"Python :: (3\.\d+)\"", project))
    assert used <= named, f"tox uses {used - named}, which pyproject.toml does not name"


def answers_of(name="tf2.16", **changes):
    return json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8")) | changes


FAULTS = {
    "not json": ("{", "JSONDecodeError"),
    "a list": ("[]", "TypeError"),
    "no version": (json.dumps({"answers": {}}), "KeyError: 'tensorflow'"),
    "wrong version": (json.dumps(answers_of(keras="three")), "InvalidVersion"),
    "a claim short": (json.dumps(answers_of(answers={})), "too much or too little"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_faulty_answers_are_refused(tmp_path, text, message):
    """The error names the file and the command that writes it again."""
    (tmp_path / "tf2.16.json").write_text(text, encoding="utf-8")
    with pytest.raises(SpecificationError, match=message) as caught:
        compatibility.read_answers(tmp_path, CLAIMS)
    assert "tf2.16.json" in str(caught.value)
    assert "tox run -e tf2.16" in str(caught.value)


def test_no_answers_are_refused(tmp_path):
    """An empty folder is named, with the way to fill it."""
    with pytest.raises(SpecificationError, match=r"found no answers.*tox run -m matrix"):
        compatibility.read_answers(tmp_path, CLAIMS)


def test_neighbours_that_differ_do_not_share_a_column(columns):
    """The table tells apart the renderings of 2.8, 2.13 and 2.16."""
    table = compatibility.render("compatibility.md", CLAIMS, columns, LESSON)
    header = next(line for line in table.splitlines() if line.startswith("| claim"))
    assert re.findall(r"\b2\.(?:8|13|16)(?= to|\b)", header), header
    first = [cell.split(" to ")[0] for cell in header.strip("| ").split(" | ")[1:4]]
    assert first == ["2.8", "2.13", "2.16"]


def test_a_broken_cell_has_the_error_text_behind_it(columns):
    """The page gives TensorFlow's own words for metrics as a string."""
    html = compatibility.render("compatibility.html", CLAIMS, columns, LESSON)
    section = html.partition('id="metrics-can-be-a-string"')[2].partition("</section>")[0]
    assert "Expected `metrics` argument to be a list, tuple, or dict" in section


def test_an_unknown_version_is_told_how_to_come_into_the_table(columns):
    """The advice names the command to try it, and every file to edit."""
    words = compatibility.advice("2.23", columns, CLAIMS, LESSON)
    for part in ("tensorflow-cpu==2.23.*", "tox run -e next", "tox.ini", "README", "workflow"):
        assert part in words, f"the advice lacks {part}: {words}"
    assert "tf-nightly-cpu" in compatibility.advice("nightly", columns, CLAIMS, LESSON)


def test_a_known_version_is_told_by_what_breaks_there(columns):
    """The advice for 2.21 lists metrics as a string, and that for 2.8 does not."""
    newest, oldest = (compatibility.advice(v, columns, CLAIMS, LESSON) for v in ("2.21", "2.8"))
    assert "metrics-can-be-a-string" in newest
    assert "metrics-can-be-a-string" not in oldest


def test_what_breaks_is_told_with_the_lessons_numbers(columns, edited_lesson):
    """The size in memory, which 2.8 does not print, is that of the lesson."""
    lesson = edited_lesson(("units = 100", "units = 30"))
    assert lesson.size in compatibility.advice("2.8", columns, CLAIMS, lesson)


def test_the_command_writes_both_pages_and_nothing_else(tmp_path, monkeypatch, capsys):
    """fmnist-spec compat reads docs/answers here, and writes the table and the page."""
    (tmp_path / "docs").mkdir()
    (tmp_path / cli.ANSWERS).symlink_to(ANSWERS)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["compat"]) == cli.HOLDS
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert written == ["COMPATIBILITY.md", "docs/compatibility.html"]
    assert "COMPATIBILITY.md" in capsys.readouterr().out


def test_the_command_outside_a_clone_is_told_what_to_do(tmp_path, monkeypatch, capsys):
    """Where there are no answers the exit code is 2, with one clear line."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["compat"]) == cli.USAGE
    assert "Run this in a clone" in capsys.readouterr().err
