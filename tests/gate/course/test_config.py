"""The settings in pyproject.toml, and the mistakes in them that are refused."""

from pathlib import Path

import pytest

from fmnist_spec.gate.catalogue import RULES
from fmnist_spec.gate.course.config import Config, load_config
from fmnist_spec.gate.course.discovery import find_notebooks
from fmnist_spec.reading import SpecificationError

ENTRY = "[[tool.fmnist_spec.notebooks]]\n"
EXCLUDE = "[tool.fmnist_spec]\nexclude = ['drafts/**']\n"
BAD = {
    "no TOML": ("[tool.fmnist_spec", "TOML"),
    "an unknown key": ("[tool.fmnist_spec]\nselct = []", "selct"),
    "an unknown rule": ('[tool.fmnist_spec]\nselect = ["spilt"]', "'spilt'"),
    "an unknown rule to ignore": ('[tool.fmnist_spec]\nignore = ["spilt"]', "'spilt'"),
    "an unknown rule's severity": ('[tool.fmnist_spec.severity]\nspilt = "note"', "'spilt'"),
    "an unknown severity": ('[tool.fmnist_spec.severity]\nsplit = "fatal"', "'fatal'"),
    "a text for a list": ('[tool.fmnist_spec]\nselect = "split"', "a list"),
    "a number for a path": ("[tool.fmnist_spec]\npaths = [1]", "paths[0]"),
    "a text for a number": ('[tool.fmnist_spec]\ncell_seconds = "long"', "cell_seconds"),
    "no table": ("[tool]\nfmnist_spec = 1", "a table"),
    "two spellings": ("[tool.fmnist_spec]\n[tool.fmnist-spec]", "found both, expected"),
    "another spelling": ("[tool.fmnist_specs]", "tool.fmnist_specs: found"),
    "in capitals": ("[tool.Fmnist-Spec]", "expected [tool.fmnist_spec]"),
    "a space": ('[tool."fmnist spec"]', "expected [tool.fmnist_spec]"),
    "at the top": ("[fmnist-spec]", "fmnist-spec: found [fmnist-spec]"),
    "an unknown key in the other spelling": ("[tool.fmnist-spec]\nselct = []", "fmnist-spec.selct"),
    "a glob without a notebook": (
        f"{ENTRY}paths = ['a.ipynb', 'b/*.ipynb']",
        "paths[1]: found 'b/",
    ),
    "a glob of excluded ones": (f"{EXCLUDE}{ENTRY}paths = ['drafts/*']", "found 'drafts/*'"),
    "a folder without a notebook": (f"{ENTRY}paths = ['chapter']", "found 'chapter'"),
    "a folder and a file in it": (
        f"{ENTRY}paths = ['chapters']\n{ENTRY}paths = ['chapters/07_2.ipynb']",
        "found 'chapters/07_2.ipynb' in both",
    ),
    "a part of a second": ("[tool.fmnist_spec]\ncell_seconds = 1.5", "number from 1 to 86,400"),
    "more than a day": ("[tool.fmnist_spec]\ncell_seconds = 86401", "number from 1 to 86,400"),
    "no second": ("[tool.fmnist_spec]\ncell_seconds = 0", "a whole number from 1 to 86,400"),
    "no second in an entry": (
        f"{ENTRY}paths = ['a.ipynb']\ncell_seconds = 0",
        "notebooks[0].cell_seconds: found 0, expected a whole number from 1 to",
    ),
    "an unknown key in an entry": (
        f"{ENTRY}paths = ['a.ipynb']\nselct = []",
        "unknown key 'selct', expected one of lesson, select, ignore, severity, lessons, paths, "
        "cell_seconds, notebook_seconds, training_seconds. ",
    ),
    "half the name": ("[tool.fmnist]", "found [tool.fmnist], expected [tool.fmnist_spec]"),
    "tools for tool": ("[tools.fmnist_spec]", "found [tools.fmnist_spec], expected [tool.fmnist"),
    "no glob": (
        f"[tool.fmnist_spec]\npaths = ['.']\n{ENTRY}lesson = 'a.toml'",
        "notebooks[0].paths: found nothing",
    ),
    "two entries": (
        f"{ENTRY}paths = ['*.ipynb']\n{ENTRY}paths = ['a.*']",
        "notebooks[0] and [1]: found 'a.ipynb' in both",
    ),
    "a wrong value in an entry": (f"{ENTRY}paths = ['a.ipynb']\nignore = ['spilt']", "[0].ignore"),
    "exclude in an entry": (f"{ENTRY}paths = ['a.ipynb']\nexclude = ['b']", "notebooks[0].exclude"),
    "no table of tables": ("[tool.fmnist_spec.notebooks]\npaths = ['a.ipynb']", "a list"),
    "no tools": ("tool = 1", "a table"),
}


FILES = ["a.ipynb", "chapters/07_2.ipynb", "chapters/07_3.ipynb", "drafts/07_2.ipynb"]


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    for name in FILES:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    return folder


def test_without_a_file_or_a_table_all_rules_apply(tmp_path: Path) -> None:
    """The defaults are every rule and the lesson that is shipped."""
    assert load_config(write(tmp_path, "[project]\nname = 'course'")) == Config()
    assert Config().rules == tuple(RULES)


def test_the_table_is_read(tmp_path: Path) -> None:
    """Rules are selected and ignored, and paths count from the file, also from a folder below."""
    text = """[tool.fmnist_spec]
    select = ["split", "loss"]
    ignore = ["loss"]
    severity = { split = "warning" }
    lesson = "course.toml"
    paths = ["lessons"]
    cell_seconds = 60
    """
    (tmp_path / "lessons").mkdir()
    write(tmp_path, text)
    config = load_config(tmp_path / "lessons")
    assert config.rules == ("split",)
    assert config.severity == {"split": "warning"}
    assert config.lessons == (str(tmp_path / "course.toml"),)
    assert config.paths == (str(tmp_path / "lessons"),)
    assert config.cell_seconds == 60


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
def test_a_mistake_is_refused_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    """The error names the file and what is wrong in it."""
    with pytest.raises(SpecificationError) as caught:
        load_config(write(tmp_path, text))
    message = str(caught.value)
    assert told in message
    assert message.startswith(str(tmp_path / "pyproject.toml"))
    assert "\n" not in message


REMEDIES = {
    "a rule": ("[tool.fmnist_spec]\nignore = ['spilt']", "`fmnist-spec rules` lists the rules."),
    "a severity": (
        *("[tool.fmnist_spec.severity]\nsplit = 'x'", "`fmnist-spec rules` lists the rules."),
    ),
    "of an entry": (
        *(f"{ENTRY}paths = ['a.ipynb']\nselect = ['x']", "`fmnist-spec rules` lists the rules."),
    ),
    "a limit": ("[tool.fmnist_spec]\ncell_seconds = 0", "86,400. Correct it."),
    "a misplaced key": (
        f"{ENTRY}paths = ['a.ipynb']\nexclude = ['b']",
        "found this key in [[tool.fmnist_spec.notebooks]], expected it in [tool.fmnist_spec]. "
        "Correct it.",
    ),
    "a pattern": (
        f"{ENTRY}paths = ['b.ipynb']",
        "chapters/*.ipynb. Correct the path or pattern: it starts at the folder of this file.",
    ),
}


@pytest.mark.parametrize(("text", "told"), REMEDIES.values(), ids=REMEDIES)
def test_the_remedy_is_that_of_the_key(tmp_path: Path, text: str, told: str) -> None:
    """Only who wrote the id of a rule is sent to the list of rules."""
    with pytest.raises(SpecificationError) as caught:
        load_config(write(tmp_path, text))
    assert str(caught.value).endswith(told)


@pytest.mark.parametrize("name", ["fmnist_spec", "fmnist-spec"])
def test_the_table_is_spelt_as_the_package_or_the_command(tmp_path: Path, name: str) -> None:
    """Both spellings are read; tables of other tools are none of our business."""
    text = f"[tool.{name}]\nselect = ['loss']\n[tool.mypy]\n[tool.fashion]\n[project]"
    assert load_config(write(tmp_path, text)).rules == ("loss",)


def test_other_tables_are_no_near_misses(tmp_path: Path) -> None:
    """The package stands among dependencies and scripts, and other tools have names like it."""
    text = """
    too = 1
    [tool.fmnist-loader]
    [tool.mypy.overrides.fmnist_spec]
    [dependency-groups]
    fmnist-spec = []
    [project.scripts]
    fmnist-spec = "a:b"
    [tools.other]
    """
    assert load_config(write(tmp_path, text)) == Config()


NESTED = "[tool.fmnist_spec]\nselect = ['loss']\n"


def test_the_nearest_file_with_the_table_holds(tmp_path: Path) -> None:
    """A folder may be a package of its own; that does not hide the settings of the course."""
    write(tmp_path, NESTED)
    own = tmp_path / "chapters" / "pyproject.toml"
    own.write_text("[project]\nname = 'helpers'")
    assert load_config(tmp_path / "chapters").rules == ("loss",)
    own.write_text("[tool.fmnist-spec]\nselect = ['split']")
    assert load_config(tmp_path / "chapters").rules == ("split",)
    own.write_text("[tool.fmnist_specs]")
    with pytest.raises(SpecificationError, match="fmnist_specs"):
        load_config(tmp_path / "chapters")


def test_a_file_that_is_no_toml_counts_only_where_it_is_the_nearest(tmp_path: Path) -> None:
    """What stands farther up may belong to anybody."""
    write(tmp_path, "[")
    (tmp_path / "chapters" / "pyproject.toml").write_text("[project]")
    assert load_config(tmp_path / "chapters") == Config()
    with pytest.raises(SpecificationError, match="TOML"):
        load_config(tmp_path / "drafts")


@pytest.mark.parametrize(
    "one", ["chapters", "chapters/", "./chapters/**", "**/07_[23].ipynb", "c*"]
)
def test_a_folder_and_a_glob_mean_the_same_wherever_they_stand(tmp_path: Path, one: str) -> None:
    """Above the table, in an entry and in exclude: all below a folder, or what a glob matches."""
    text = f"[tool.fmnist_spec]\nexclude = ['{one}']\n{ENTRY}paths = ['a.ipynb']"
    assert load_config(write(tmp_path, text)).leaves_out(tmp_path / "chapters" / "07_3.ipynb")
    config = load_config(write(tmp_path, f"{ENTRY}paths = ['{one}']"))
    assert config.entry_of(tmp_path / "chapters" / "07_3.ipynb")
    assert not config.entry_of(tmp_path / "a.ipynb")
    config = load_config(write(tmp_path, f"[tool.fmnist_spec]\npaths = ['{one}']"))
    found = find_notebooks(Path(config.paths[0]))
    assert tmp_path / "chapters" / "07_3.ipynb" in found
    assert tmp_path / "a.ipynb" not in found


@pytest.mark.parametrize("key", ["paths", "exclude", "lessons"])
def test_a_name_that_is_too_long_is_that_of_no_file(tmp_path: Path, key: str) -> None:
    """The system refuses to look for it; whoever needs the file then says that there is none."""
    config = load_config(write(tmp_path, f"[tool.fmnist_spec]\n{key} = ['{'x' * 5000}']"))
    assert getattr(config, key) == (str(tmp_path / ("x" * 5000)),)


def test_a_file_with_the_signs_of_a_glob_is_itself(tmp_path: Path) -> None:
    """A name such as "07 [draft].ipynb" is first of all a name."""
    (tmp_path / "07 [draft].ipynb").touch()
    config = load_config(write(tmp_path, f"{ENTRY}paths = ['07 [draft].ipynb']"))
    assert config.entry_of(tmp_path / "07 [draft].ipynb")
    assert not config.entry_of(tmp_path / "07 d.ipynb")


COURSE = """[tool.fmnist-spec]
exclude = ["drafts"]
ignore = ["numbering"]
severity = { split = "warning" }
cell_seconds = 20
[[tool.fmnist-spec.notebooks]]
paths = ["**/07_2*.ipynb", "./a.ipynb"]
lesson = "lessons/07_2.toml"
select = ["split", "loss", "numbering"]
[[tool.fmnist-spec.notebooks]]
paths = ["chapters/07_3.ipynb"]
ignore = []
cell_seconds = 90
"""


def test_an_entry_inherits_what_it_does_not_say(tmp_path: Path) -> None:
    """Rules, severities, limits and the lesson are those above the table where it has none."""
    config = load_config(write(tmp_path, COURSE))
    first, second = config.notebooks
    assert first.rules == ("split", "loss")
    assert (first.severity, first.cell_seconds) == ({"split": "warning"}, 20)
    assert first.lessons == (str(tmp_path / "lessons" / "07_2.toml"),)
    assert second.rules == tuple(RULES), "an empty list is said, too"
    assert (second.lessons, second.cell_seconds) == (Config().lessons, 90)


@pytest.mark.parametrize(
    ("file", "entry"),
    [
        ("chapters/07_2.ipynb", 0),
        ("chapters/../chapters/07_2.ipynb", 0),
        ("a.ipynb", 0),
        ("chapters/07_3.ipynb", 1),
        ("drafts/07_2.ipynb", 0),
        ("chapters/07_4.ipynb", None),
    ],
)
def test_globs_say_which_entry_names_a_notebook(
    tmp_path: Path, file: str, entry: int | None
) -> None:
    """They count from the file's folder, also where that has the signs of a glob in its name."""
    (folder := tmp_path / "[course] *").mkdir()
    config = load_config(write(folder, COURSE))
    expected = config if entry is None else config.notebooks[entry]
    assert config.settings_of(folder / file) is expected
    assert config.leaves_out(folder / file) == file.startswith("drafts")


def test_what_the_command_line_gives_holds_for_all_entries(tmp_path: Path) -> None:
    """An option wins over the table; one that is not given leaves it as it is."""
    config = load_config(write(tmp_path, COURSE)).with_options(select=("epochs",), lessons=())
    assert [entry.rules for entry in config.notebooks] == [("epochs",), ("epochs",)]
    assert config.notebooks[0].lessons[0].endswith("07_2.toml")
