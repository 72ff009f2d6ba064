"""A statement that lacks something is left out alone, and judged by what it might have done."""

import pytest
from notebooks import Run

PUT_BEFORE = {
    "a package": "import seaborn_x as sns\nsns.set_theme()",
    "a font": "import matplotlib.font_manager as fm\n!apt-get install fonts-nanum\n"
    "fm.fontManager.addfont('/usr/share/fonts/nanum.ttf')",
    "a picture": "!wget -q a/logo.png\nfrom PIL import Image\nImage.open('logo.png')",
    "a folder of Colab's": "import os\nos.chdir('/content/drive')",
    "several lines": "!wget -q a/x.csv\nopen(\n    'x.csv',\n)",
    "a function": "def show():\n    return open('/content/x')\n\nshow()",
    "captured": "%%capture\nopen('/content/x')",
    "a loop": "for x in range(2):\n    open('/content/x')",
    "an await": "import asyncio\nawait asyncio.sleep(0)\nopen('/content/x')",
}


@pytest.mark.parametrize("source", PUT_BEFORE.values(), ids=PUT_BEFORE)
def test_the_rest_of_the_cell_runs(run: Run, source: str) -> None:
    """The last line shows its value, as in Jupyter."""
    first, second = run(f"{source}\nx = 5\nx", "print(x)").cells
    assert (first.status, second.status) == ("unavailable", "ok"), (first, second)
    assert second.outputs[0]["text"] == "5\n", second
    shown = [one for one in first.outputs if one["output_type"] == "execute_result"]
    assert shown or "%%capture" in source, first


def test_an_error_of_its_own_still_ends_a_cell(run: Run) -> None:
    """It has its own line, even below a statement that was left out."""
    (ran,) = run("open('/content/x')\n\n1 / 0\nx = 1").cells
    assert ran.error is not None, ran
    assert (ran.status, ran.error.type, ran.error.line) == ("raised", "ZeroDivisionError", 3), ran


def test_a_cell_that_is_meant_to_raise_ends_there(run: Run) -> None:
    """The reader is shown the error."""
    trace = run("open('/content/x')\nprint(1)", tags={0: "raises-exception"})
    assert (trace.cells[0].status, trace.cells[0].outputs) == ("raised", ()), trace


def test_what_was_to_be_changed_is_missing(run: Run) -> None:
    """Nothing goes on with half of a list, or with an array that was to be filled."""
    trace = run(
        "files, x = [], [0]\nfor name in ['a']:\n    files.append(open('/content/' + name))",
        "x[0] = open('/content/x')",
        *("files[0]", "x[0]"),
    )
    assert [one.status for one in trace.cells] == ["unavailable"] * 4, trace


SHOWS = [
    "import seaborn_x as sns\nopen('/content/x')",
    "import seaborn\nax = seaborn.countplot([1])\nax.set_title('x')",
    "def show(name):\n    print(open(name))\nshow('/content/x')",
    "from tensorflow import keras\nmodel = keras.Sequential([keras.layers.Dense(1, "
    "input_shape=(1,))])\nmodel.save('/content/model.h5')",
]
MAY_TRAIN = [
    "from own_tools import build\nnetwork = build()\nnetwork.show()",
    "import own_tools\nown_tools.everything()",
    "def train(name):\n    data = open(name)\n    model.fit(data)\ntrain('/content/x')",
    "class A:\n    def run(self):\n        open('/content/x')\na = A()\na.run()",
    "from tensorflow import keras\nkeras.models.load_model('/content/x.h5')",
    "%%time\nopen('/content/x')",
    "exec(open('/content/x').read())",
]


@pytest.mark.parametrize(
    ("source", "shows"), [*((one, True) for one in SHOWS), *((one, False) for one in MAY_TRAIN)]
)
def test_what_may_have_trained_is_not_taken_for_a_picture(
    run: Run, source: str, shows: bool
) -> None:
    """Only a statement that can have built nothing leaves the lesson decided."""
    (ran,) = run(source).cells
    assert (ran.status, ran.only_shows) == ("unavailable", shows), ran
