"""What is left of English in a text that is said in Korean, beside code, ids and names."""

import re

# What stands in quotes or brackets, calls, settings, options, paths, and names of classes.
CODE = re.compile(
    r"""`[^`]*`|'[^']*'|"[^"]*"|\[+[\w. ]*\]+|[\w.]+\([^()]*\)|[\w-]+ ?= ?[^\s,]*|--\w+"""
    r"""|\w*[_./]\w[\w./]*|\b[A-Z]\w*"""
)
WORD = re.compile(r"(?<![\w-])[a-z][a-z-]+(?![a-z\d_-])")
NAMES = {
    *("fmnist-spec", "import", "list", "named", "add", "metrics", "shape", "lr", "trainable"),
    *("optimizer", "seccomp", "raises-exception", "skip-execution", "pip", "install"),
}


def english_in(text: str) -> list[str]:
    """Give the words of a text that only English has."""
    return [one for one in WORD.findall(CODE.sub(" ", text)) if one not in NAMES]
