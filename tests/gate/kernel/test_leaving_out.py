"""What the gate cannot do is left out of a cell, told, and named when something misses it."""

from importlib.util import find_spec

import pytest
from notebooks import Run

from fmnist_spec.gate.events import LeftOut
from fmnist_spec.gate.trace import Trace


def left_out(trace: Trace) -> list[tuple[int, int | None, str, str]]:
    """Give where each statement was left out, why, and of what."""
    found = [event for event in trace.events if isinstance(event, LeftOut)]
    return [(event.cell, event.line, event.why, event.detail) for event in found]


def statuses(trace: Trace) -> list[str]:
    return [run.status for run in trace.cells]


def printed(trace: Trace) -> str:
    return "".join(out.get("text", "") for run in trace.cells for out in run.outputs)


LINES = {
    "first": ("!ls\nprint(1)", 1),
    "last": ("print(1)\n\n%pip install x", 3),
    "blank lines before": ("\n\n!ls\nprint(1)", 3),
    "assigned": ("x = !ls\nprint(1)", 1),
    "nested": ("for x in [0]:\n    if True:\n        !ls\n    print(1)", 3),
    "in a try": ("try:\n    print(1)\n    %conda list\nfinally:\n    pass", 3),
    "in a function": ("def f():\n    !ls\n    return 1\nprint(f())", 2),
    "in a condition": ("if get_ipython().system('ls') == 0:\n    print(2)\nprint(1)", 1),
    "below a magic": ("%%time\n!ls\nprint(1)", 2),
    "below another": ("\n%%capture\n!ls\nx = 1\nget_ipython().system('ls')", 3),
}


@pytest.mark.parametrize(("source", "line"), LINES.values(), ids=LINES)
def test_only_the_statement_itself_is_left_out(run: Run, source: str, line: int) -> None:
    """The rest of its cell runs, and the trace has the line of the cell."""
    trace = run(source)
    assert statuses(trace) == ["ok"], trace.cells
    assert left_out(trace)[0][:3] == (0, line, "shell"), trace.events
    assert printed(trace).startswith("" if "%%capture" in source else "1\n"), printed(trace)


@pytest.mark.parametrize(
    "magic", ["%pip list", "%%bash\nls", "%%sh --out x\nls", "%%python\nprint(1)"]
)
def test_a_magic_is_named_as_it_is_written(run: Run, magic: str) -> None:
    """That of a cell has two signs."""
    name = magic.split(maxsplit=1)[0]
    assert run(magic).cells[0].reason == f"it has {name}, which fmnist-spec does not run"


def test_a_notebook_that_loses_its_environment_is_told_why_a_cell_did_not_run(run: Run) -> None:
    """The language of the reason is asked for there, in whatever stands in its place."""
    trace = run("import os\nos.environ = None", "!ls")
    assert trace.cells[1].reason == "it has a shell escape, which fmnist-spec does not run"


def test_what_is_not_reached_is_not_told(run: Run) -> None:
    """A line in a branch that is not taken, or in a function that nobody calls."""
    trace = run("if False:\n    !pip install x\ndef f():\n    !ls\nprint(1)")
    assert (statuses(trace), left_out(trace)) == (["ok"], []), trace


def test_a_cell_that_another_file_holds_is_edited_too(run: Run) -> None:
    """A notebook that is run by %run leaves out the same; its lines are not the cell's."""
    other = "from nbformat import v4, write\nwrite(v4.new_notebook(cells=[v4.new_code_cell("
    trace = run(f"{other}'!ls\\nx = 5')]), 'other.ipynb')", "x = 1\n%run other.ipynb", "print(x)")
    assert left_out(trace) == [(1, 2, "shell", "a shell escape")], trace
    assert printed(trace) == "5\n", trace.cells


WANTING = {
    "a name": ["files = !ls\ny = 1", "print(files)"],
    "a name of a cell that was skipped": ["files = !ls", "print(files)"],
    "a name that was taken away": ["files = []", "files = !ls", "print(files)"],
    "the output of a shell cell": ["%%bash --out files\nls", "print(files)"],
    "a name in turn": ["files = !ls", "first = files[0]\nx = 1", "print(first)"],
    "a downloaded file": ["!wget a/b.csv", "open('b.csv')"],
    "an unpacked folder": ["x = 1\n!unzip b.zip", "import os\nos.listdir('b')"],
    "an installed font": ["!apt-get install fonts-nanum", "open('/usr/share/fonts/nanum.ttf')"],
    "a file of TensorFlow's": ["!wget a/b", "import tensorflow as tf\ntf.io.read_file('b')"],
    "a module": ["!git clone https://x/own_tools", "import own_tools\nown_tools.f()"],
}


@pytest.mark.parametrize("sources", WANTING.values(), ids=WANTING)
def test_what_misses_a_line_that_was_left_out_is_not_blamed(run: Run, sources: list[str]) -> None:
    """Its cell is unavailable, names the line that it follows from, and the run goes on."""
    trace = run(*sources, "print('end')")
    assert trace.cells[-2].status == "unavailable", trace
    assert printed(trace) == "end\n", trace.cells
    following = [event for event in trace.events if isinstance(event, LeftOut)][-1]
    assert following.cause is not None, trace.events
    cause = trace.events[following.cause]
    assert isinstance(cause, LeftOut), trace.events
    assert cause.why == "shell" or cause.cause is not None, trace.events


OWN = {
    "a misspelt name": ["files = !ls", "print(flies)"],
    "a file, where only packages were installed": ["!pip install x", "open('b.csv')"],
    "a listing makes no file": ["!ls data", "open('b.csv')"],
    "another error": ["x = !ls", "1 / 0"],
    "a name of an import that worked": ["import os\n!ls", "os.no_such_thing"],
    "a part of a package that is there": [
        "x = 1",
        "raise ImportError('You must import a_part:\\nfrom sklearn.experimental import a_part')",
    ],
    "a sum that Python cannot compile": ["x = 1", "y = " + "1 + " * 20_000 + "1"],
}


@pytest.mark.parametrize("sources", OWN.values(), ids=OWN)
def test_an_error_of_the_notebooks_own_stays_one(run: Run, sources: list[str]) -> None:
    """A line that was left out excuses nothing that does not hang on it."""
    assert run(*sources, "x = 1").cells[-2].status == "raised"


def test_of_an_import_only_the_missing_package_is_left_out(run: Run) -> None:
    """What stands beside it is imported, and what it would have given is missing in turn."""
    trace = run("import os, no_package as p, sys\nprint(os.name)", "a = p.x", "print(a)", "y = os")
    assert statuses(trace) == ["ok", "unavailable", "unavailable", "ok"], trace
    assert [one[2] for one in left_out(trace)] == ["package", "follows", "follows"], trace.events


def test_a_path_that_the_cell_itself_adds_counts(run: Run) -> None:
    """Whether a package is missing is asked when its import is reached."""
    trace = run(
        "import os\nos.mkdir('own')\nopen('own/own_tools.py', 'w').write('x = 3')",
        "import sys\nsys.path.append('own')\nimport own_tools\nprint(own_tools.x)",
    )
    assert printed(trace) == "3\n", trace.cells


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import no_package\nexcept ImportError:\n    print('none')",
        "try:\n    from no_package import x\nexcept (KeyError, Exception):\n    print('none')",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import no_package\n"
        "    print(no_package)\nprint('none')",
    ],
)
def test_a_notebook_that_does_without_a_package_is_left_alone(run: Run, source: str) -> None:
    """It gets the error that it expects."""
    trace = run(source)
    assert (printed(trace), left_out(trace)) == ("none\n", []), trace


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import no_package\nexcept ImportError:\n    !pip install no_package\n"
        "    import no_package",
        "try:\n    import no_package\nexcept ImportError:\n    %pip install no_package\n"
        "finally:\n    import no_package",
        "try:\n    import os\nexcept ImportError:\n    pass\nelse:\n    from no_package import x",
    ],
)
def test_what_no_handler_catches_is_left_out(run: Run, source: str) -> None:
    """A package that is installed when its import fails is not there afterwards either."""
    trace = run(f"{source}\nprint('end')")
    assert statuses(trace) == ["ok"], trace
    assert left_out(trace)[-1][2:] == ("package", "no_package"), trace.events
    assert printed(trace) == "end\n", trace.cells


def test_a_cell_that_is_meant_to_raise_raises(run: Run) -> None:
    """The tag raises-exception shows the reader the error of a missing package."""
    trace = run("import no_package", tags={0: "raises-exception"})
    assert trace.cells[0].status == "raised", trace.cells


def test_what_a_library_needs_counts_as_an_import(run: Run) -> None:
    """Errors of libraries name the package in their own words."""
    sources = [
        "raise ImportError('You must install no_package (`pip install no_package`).')",
        "raise ImportError(\"Missing optional dependency 'no_package'. Use pip.\")",
        "raise ImportError('Image transformations require no_package. Install no_package.')",
        "raise ModuleNotFoundError(\"No module named 'no_package'\", name='no_package.x')",
    ]
    trace = run(*sources)
    assert statuses(trace) == ["unavailable"] * len(sources), trace
    assert {one[3] for one in left_out(trace)} == {"no_package"}, trace.events


LACKING = "try:\n    import no_package.x\nexcept ImportError as error:\n"


@pytest.mark.parametrize(
    ("then", "status"),
    [
        ("raise RuntimeError('no_package is not installed') from error", "unavailable"),
        (
            "try:\n        raise KeyError(1) from error\n"
            "    except KeyError as last: raise ValueError('no support for it') from last",
            "unavailable",
        ),
        ("error.__cause__ = error\n    raise OSError('no backend') from error", "unavailable"),
        ("raise RuntimeError('Please install No_Package first.') from None", "unavailable"),
        ("raise RuntimeError('another fault') from None", "raised"),
        ("raise RuntimeError('another fault') from ValueError(1)", "raised"),
        ("1 / 0", "raised"),
    ],
    ids=[
        *("in its own words", "in two steps", "in a circle", "cut off"),
        *("a fault, cut off", "of another error", "a fault behind it"),
    ],
)
def test_an_error_that_a_library_raises_from_a_failed_import_is_one(
    run: Run, then: str, status: str
) -> None:
    """Whatever its type and its words; an error that only happens meanwhile is the cell's own."""
    trace = run(f"{LACKING}    {then}")
    assert statuses(trace) == [status], trace
    found = [one[2:] for one in left_out(trace) if one[2] == "package"]
    assert found == [("package", "no_package")] * (status == "unavailable"), trace.events


def test_the_callback_for_tensorboard_runs_or_lacks_its_package(run: Run) -> None:
    """TensorFlow since 2.20 can be installed without TensorBoard, and has an error of its own."""
    trace = run(
        "import numpy as np, tensorflow as tf\nfrom tensorflow import keras\n"
        "model = keras.Sequential([keras.layers.Dense(1, input_shape=(3,))])\n"
        "model.compile(loss='mse')\n"
        "board = keras.callbacks.TensorBoard('logs', histogram_freq=1)",
        "model.fit(np.ones((2, 3)), np.ones((2, 1)), verbose=0, callbacks=[board])",
    )
    if find_spec("tensorboard"):
        assert statuses(trace) == ["ok", "ok"], trace
        return
    assert statuses(trace) == ["ok", "unavailable"], trace
    assert ("package", "tensorboard") in [one[2:] for one in left_out(trace)], trace.events


def test_a_name_that_an_unfinished_cell_would_have_changed_is_missing(run: Run) -> None:
    """Else a later cell would go on with what an earlier one had made."""
    trace = run(
        *("x = y = 1", "%%time\ny = 2\nimport no_package\nno_package.z\nx = 3"),
        *("print(y)", "print(x)"),
    )
    assert statuses(trace)[1:] == ["unavailable", "ok", "unavailable"], trace


BROUGHT = [
    (["!git clone -q https://x/course", "from plots import show"], "follows"),
    (["!unzip -q tools.zip\nimport plots"], "follows"),
    (["!tar xzf tools.tgz", "%cd tools", "import plots"], "follows"),
    (["!gdown 1x", "import plots"], "follows"),
    (["import sys\nsys.path.append('/content/drive/MyDrive')\nimport plots"], "content"),
    (["!git clone -q https://x/course", "import seaborn"], "package"),
    (["!git clone -q https://x/course\n!pip install a-package", "import a_package"], "package"),
    (["!wget -q a/b.csv", "import plots"], "package"),
    (["!pip install git", "import plots"], "package"),
]


@pytest.mark.parametrize(("sources", "why"), BROUGHT)
def test_a_module_of_a_folder_that_was_to_be_fetched_follows(
    run: Run, sources: list[str], why: str
) -> None:
    """Nobody can install it; what others know, or a line installs, is a package all the same."""
    assert left_out(run(*sources))[-1][2] == why


MODEL = (
    "from tensorflow import keras\n"
    "model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])\n"
)


@pytest.mark.parametrize(
    ("draw", "file"),
    [
        ("keras.utils.plot_model(model)", "model.png"),
        ("keras.utils.plot_model(\n    model, to_file='net.png')", "net.png"),
        ("print('You must install pydot.')  # as plot_model does", "model.png"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "CELL"])
def test_the_file_of_a_drawing_is_missing_with_its_package(
    run: Run, draw: str, file: str, between: str
) -> None:
    """Some versions of Keras print that pydot is missing, others raise."""
    sources = f"{MODEL}{draw}{between}open({file!r})".split("CELL")
    trace = run(*sources, "open('other.png')")
    assert trace.cells[-2].status == "unavailable", trace
    assert left_out(trace)[0] == (0, 3, "package", "pydot"), trace.events
    assert trace.cells[-1].status == "raised", trace


def test_a_long_chain_of_branches_is_run(run: Run) -> None:
    """What is too deep to be looked through is run as it is, and the cells after it are edited."""
    chain = "".join(f"elif x == {at}:\n    y = {at}\n" for at in range(1, 399))
    found = run(f"x = 7\nif x == 0:\n    y = 0\n{chain}", "!ls\nprint(y)")
    assert [one.status for one in found.cells] == ["ok", "ok"], found.cells
    assert found.cells[1].outputs[0]["text"] == "7\n", found.cells
