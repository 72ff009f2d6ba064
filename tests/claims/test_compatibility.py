"""The table across TensorFlows comes from committed answers, and from nothing else."""

import configparser
import re
from pathlib import Path

import pytest

from fmnist_spec import LESSON, cli
from fmnist_spec.claims import compatibility, recorded
from fmnist_spec.claims.claims import load_claims

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
CLAIMS = load_claims()
ANSWERS = ROOT / compatibility.ANSWERS
TABLE, PAGE = compatibility.FILES[:2]
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
    return recorded.read_answers(ANSWERS, CLAIMS)


@pytest.mark.parametrize("file", compatibility.FILES, ids=lambda file: file.path.name)
def test_each_file_is_made_from_the_committed_answers(columns, file):
    """The table, and the page in each language, are what a fresh generation gives."""
    fresh = compatibility.render(file, CLAIMS, columns, LESSON)
    found = (ROOT / file.path).read_text(encoding="utf-8")
    assert found == fresh, f"{file.path} is out of date: {REMEDY}"


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
            holds = column.entries[claim.id].mark != recorded.BROKEN
            assert holds == claim.holds_on(judged), (
                f"{column.name} answered {holds} to {claim.id}, claims.toml has {claim.holds!r}: "
                "edit that line, or run tox -m matrix again if the answers are old"
            )


def test_the_workflow_runs_every_environment():
    """The workflow's own list of environments is tox.ini's: the matrix, and all cases on three."""
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    listed = re.search(r"environment: \[(.*?)\]", text, re.DOTALL)[1]
    names = [name.strip(' "\n') for name in listed.split(",")]
    assert names == environments() + environments("thorough")


def test_the_classifiers_name_the_pythons_of_tox():
    """Every Python that an environment uses is a classifier of the package."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    used = set(re.findall(r"python(3\.\d+)", (ROOT / "tox.ini").read_text(encoding="utf-8")))
    named = set(re.findall(r"Python :: (3\.\d+)\"", project))
    assert used <= named, f"tox uses {used - named}, which pyproject.toml does not name"


def test_neighbours_that_differ_do_not_share_a_column(columns):
    """The table tells apart the renderings of 2.8, 2.13 and 2.16."""
    table = compatibility.render(TABLE, CLAIMS, columns, LESSON)
    header = next(line for line in table.splitlines() if line.startswith("| claim"))
    assert re.findall(r"\b2\.(?:8|13|16)(?= to|\b)", header), header
    first = [cell.split(" to ")[0] for cell in header.strip("| ").split(" | ")[1:4]]
    assert first == ["2.8", "2.13", "2.16"]


def test_a_broken_cell_has_the_error_text_behind_it(columns):
    """The page gives TensorFlow's own words for metrics as a string."""
    html = compatibility.render(PAGE, CLAIMS, columns, LESSON)
    section = html.partition('id="metrics-can-be-a-string"')[2].partition("</section>")[0]
    assert "Expected `metrics` argument to be a list, tuple, or dict" in section


def test_the_command_writes_the_table_and_the_pages_of_the_clone(tmp_path, monkeypatch, capsys):
    """Without a version, it reads the answers of the clone it stands in, not those that ship."""
    folder = tmp_path / compatibility.ANSWERS
    folder.mkdir(parents=True)
    (folder / "tf2.15.json").write_bytes((ANSWERS / "tf2.15.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert cli.main(["compat"]) == cli.HOLDS
    written = {file.path: file.path.read_text(encoding="utf-8") for file in compatibility.FILES}
    assert {path.name for path in tmp_path.rglob("*.[hm]*")} == {path.name for path in written}
    out = capsys.readouterr().out
    for path, text in written.items():
        assert re.findall(r"\btf2\.1\d", text) == ["tf2.15"]
        assert f"Wrote {path} from the answers of one environment." in out


def test_the_command_outside_a_clone_is_told_what_to_do(tmp_path, monkeypatch, capsys):
    """Where there are no answers the exit code is 2, with one clear line."""
    monkeypatch.chdir(tmp_path)
    assert cli.main(["compat"]) == cli.USAGE
    assert "Run this in a clone" in capsys.readouterr().err
