"""The package as a whole: what importing it costs, and what its documents promise."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fmnist_spec
from fmnist_spec import cli

ROOT = Path(__file__).parents[1]
PACKAGE = Path(fmnist_spec.__file__).parent
HEAVY = {"tensorflow", "keras", "sklearn", "rich", "nbformat", "jupytext", "IPython", "pytest"}


def run_python(code, *options):
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_importing_the_package_loads_nothing_heavy():
    """All public names come without TensorFlow, scikit-learn, or a library of the gate."""
    code = (
        "import sys, fmnist_spec\n"
        "for name in fmnist_spec.__all__: getattr(fmnist_spec, name)\n"
        "print(*{module.split('.')[0] for module in sys.modules})"
    )
    result = run_python(code)
    assert result.returncode == 0, result.stderr
    loaded = HEAVY & set(result.stdout.split())
    assert loaded == set(), f"importing fmnist_spec loads {loaded}: import them where they are used"


def test_without_tensorflow_the_error_names_the_extra():
    """Whoever has no TensorFlow reads which extra installs it, and no traceback."""
    code = (
        "import sys; sys.modules['tensorflow'] = None\n"
        "from fmnist_spec.cli import main; raise SystemExit(main(['--sample']))"
    )
    result = run_python(code)
    assert result.returncode == cli.USAGE, result.stderr
    assert "pip install 'fmnist-spec[tensorflow-cpu]'" in result.stderr
    assert "Traceback" not in result.stderr


def test_every_public_name_has_a_docstring():
    """help() says something about each name that the package exports."""
    silent = [name for name in fmnist_spec.__all__ if not getattr(fmnist_spec, name).__doc__]
    assert silent == []


def test_an_unknown_name_is_an_attribute_error():
    """A misspelt name reads like any other module's."""
    with pytest.raises(AttributeError, match="no attribute 'build_lst'"):
        _ = fmnist_spec.build_lst


FLOORS = [
    {"reading", "files", "_compat"},
    {"lesson"},
    {"dataset", "printed"},
    {"download", "summary"},
    {"data", "models", "training"},
    {"probes"},
    {"claims"},
    {"compatibility"},
    {"cli"},
]


def imports_of(module):
    """Modules of this package that a file imports, wherever in it."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("fmnist_spec"):
            _, _, name = (node.module or "").partition(".")
            yield from [name] if name else [alias.name for alias in node.names]


@pytest.mark.parametrize("floor", range(len(FLOORS)), ids=lambda floor: f"floor {floor}")
def test_a_module_imports_only_from_floors_below(floor):
    """No arrow runs back, and no module knows its neighbour."""
    below = set().union(*FLOORS[:floor]) | {"__version__"}
    for module in FLOORS[floor]:
        beside = set(imports_of(module)) - below
        assert beside == set(), f"{module}.py imports {beside}, which is not on a floor below it"


def readme_commands(heading):
    """The shell lines of the first code block below a heading of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(rf"{heading}.*?```(?:sh|console)\n(.*?)```", text, re.DOTALL)
    assert block, f"README.md has no shell block below {heading!r}"
    return block[1].strip().splitlines()


def test_the_readmes_commands_are_one_line_each():
    """One line runs the main job, one line passes the tests."""
    for heading in ("## Check your TensorFlow", "## Run the tests"):
        assert len(readme_commands(heading)) == 1, f"the block below {heading!r} has several lines"


def test_ci_runs_the_readmes_test_command():
    """What CI calls is to the letter what the README tells people to call."""
    (command,) = readme_commands("## Run the tests")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script or command in script, "CI and README have drifted apart"


def test_the_readmes_options_are_those_of_the_program():
    """The table lists every option of fmnist-spec, and no other."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(--[a-z-]+)", text, re.MULTILINE))
    actions = cli.parser()._actions
    real = {name for action in actions for name in action.option_strings if name[:2] == "--"}
    assert listed == real - {"--help"}
