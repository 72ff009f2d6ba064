"""Colab's own package has a stand-in, and its files are named as its own."""

import pytest
from notebooks import Run

from fmnist_spec.gate.events import LeftOut

USES = {
    "drive": "from google.colab import drive\ndrive.mount('/content/drive', force_remount=True)",
    "upload": "from google.colab import files\nfor name, x in files.upload().items(): print(name)",
    "the package": "import google.colab\ngoogle.colab.files.download('x')",
    "an alias": "import google.colab.auth as auth\nauth.authenticate_user()",
    "an error": "from google.colab import userdata\ntry:\n    userdata.get('x').upper()\n"
    "except userdata.SecretNotFoundError:\n    pass",
    "pictures": "from google.colab.patches import cv2_imshow\ncv2_imshow([[1]])",
    "context": "from google.colab import widgets\nwith widgets.TabBar(['a']).output_to(0): x = 1",
    "from google": "from google import colab\ncolab.drive.mount('/content')",
    "table": "from google.colab import data_table\ndata_table.enable_dataframe_formatter()",
}


@pytest.mark.parametrize("source", USES.values(), ids=USES)
def test_colabs_own_package_does_nothing(run: Run, source: str) -> None:
    """It shows nothing, is told once, and Google's other packages are what they were."""
    trace = run(source, source, "from google.protobuf import message")
    assert [one.status for one in trace.cells] == ["ok"] * 3, trace.cells
    assert not any(one.outputs for one in trace.cells), trace.cells
    told = [event.detail for event in trace.events if isinstance(event, LeftOut)]
    assert told.count("google.colab") == 1, trace.events


FILES = {
    "open": "open('/content/x.csv')",
    "numpy": "import numpy as np\nnp.load('/content/drive/MyDrive/x.npy')",
    "pillow": "from PIL import Image\nImage.open('/content/x.png')",
    "matplotlib": "import matplotlib.pyplot as plt\nplt.imread('/content/x.png')",
    "tensorflow": "import tensorflow as tf\ntf.io.read_file('/content/x.png')",
    "a folder of images": "from tensorflow import keras\n"
    "keras.preprocessing.image_dataset_from_directory('/content/images')",
    "a model": "from tensorflow import keras\nkeras.models.load_model('/content/model.h5')",
    "weights": "from tensorflow import keras\nmodel = keras.Sequential([keras.layers.Dense(1, "
    "input_shape=(1,))])\nmodel.load_weights('/content/model.weights.h5')",
    "a folder": "import os\nos.chdir('/content/drive/MyDrive')",
    "a file that is written": "open('/content/x.csv', 'w')",
    "an array that is saved": "import numpy as np\nnp.save('/content/x.npy', [1])",
}


@pytest.mark.parametrize("source", FILES.values(), ids=FILES)
def test_colabs_files_are_named_as_colabs(run: Run, source: str) -> None:
    """Whoever fails to open one, the cell is unavailable and the run goes on."""
    trace = run(source, "x = 1")
    assert [one.status for one in trace.cells] == ["unavailable", "ok"], trace
    assert "/content" in trace.cells[0].reason, trace.cells


WRITTEN = [
    ("open('/content/a.txt', 'w')", "/content/a.txt"),
    ("import matplotlib.pyplot as plt\nplt.savefig('/content/a b.png')", "/content/a b.png"),
    ("import os\nos.makedirs('/content/a/b', exist_ok=True)", "/content/a/b"),
    ("import tensorflow as tf\ntf.io.gfile.makedirs('/content/a')", "/content/a"),
    ("from tensorflow import keras\nmodel = keras.Sequential([keras.layers.Dense(1, "
     "input_shape=(1,))])\nmodel.save('/content/drive/model.h5')", "/content/drive/model.h5"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "path"), WRITTEN)
def test_what_is_written_there_has_its_path(run: Run, source: str, path: str) -> None:
    """It has the words of no error around it."""
    found = [one for one in run(source).events if isinstance(one, LeftOut)]
    assert [(one.why, one.detail) for one in found] == [("written", path)], found


MOUNT = "from google.colab import drive\ndrive.mount({!r})"


@pytest.mark.parametrize(
    ("sources", "path"),
    [
        ([MOUNT.format("/gdrive"), "open('/gdrive/MyDrive/x.csv')"], "/gdrive/MyDrive/x.csv"),
        ([MOUNT.format("/mnt/d/"), "open('/mnt/d/a.txt', 'w')"], "/mnt/d/a.txt"),
        ([f"{MOUNT.format('/gdrive')}\nimport os\nos.chdir('/gdrive')"], "/gdrive"),
    ],
)
def test_a_drive_that_is_mounted_elsewhere_is_colabs(
    run: Run, sources: list[str], path: str
) -> None:
    """Its folder is only there on Colab, whatever it is called."""
    trace = run(*sources)
    assert trace.cells[-1].status == "unavailable", trace
    assert [one.detail for one in trace.events if isinstance(one, LeftOut)][-1] == path, trace


@pytest.mark.parametrize("path", ["/", "drive"])
def test_a_mount_that_is_none_makes_nothing_colabs(run: Run, path: str) -> None:
    """Else every file that is missing would be Colab's."""
    assert run(MOUNT.format(path), "open('/drive/x')").cells[-1].status == "raised"


@pytest.mark.parametrize("path", ["contents/x.csv", "/contents/x.csv", "my/content/x.csv"])
def test_other_paths_are_the_notebooks_own(run: Run, path: str) -> None:
    """A path that only sounds like Colab's is an error of the notebook."""
    assert run(f"open({path!r})").cells[0].status == "raised"


def test_what_needs_an_upload_is_named_as_colabs(run: Run) -> None:
    """Nobody uploads anything: neither the result nor the file is there."""
    trace = run(
        "from google.colab import files\nuploaded = files.upload()",
        *("uploaded['x.csv']", "list(uploaded)[0]", "name = next(iter(uploaded))", "open('x.csv')"),
        "[][0]",
    )
    assert [one.status for one in trace.cells] == ["ok", *["unavailable"] * 4, "raised"], trace
