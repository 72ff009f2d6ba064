"""Run pass-tf2.8.ipynb for real in Jupyter, and store it with its outputs beside this file.

Run it once with each TensorFlow whose outputs are wanted; nbclient and ipykernel must be installed:

    python tests/gate/stored/make.py pass-tf2.21.ipynb
"""

import sys
from itertools import groupby
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def joined(outputs):
    """Join messages of one stream that follow each other, as Jupyter does when it saves."""
    for name, group in groupby(outputs, key=lambda output: output.get("name")):
        first, *others = group
        if name == "stdout":
            first["text"] += "".join(other["text"] for other in others)
            others = []
        if name != "stderr":  # TensorFlow's words on this machine's processor
            yield from (first, *others)


def main() -> None:
    """Write the file that is named."""
    notebook = nbformat.read(Path(__file__).with_name("pass-tf2.8.ipynb"), as_version=4)
    NotebookClient(notebook).execute()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = list(joined(cell.outputs))
            del cell.metadata["execution"]
    nbformat.write(notebook, Path(__file__).with_name(sys.argv[1]))


if __name__ == "__main__":
    main()
