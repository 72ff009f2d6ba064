"""The name that was probably meant, where one is misspelt."""

import difflib
from collections.abc import Iterable

from fmnist_spec.language import say

SIMILAR = 0.8  # of difflib's ratio: one sign in ten, or two that changed places in a short name


def nearest(wrong: str, names: Iterable[str], longer: int = 3) -> str:
    """Give the nearest of names, or nothing; of equals one with the same first letter."""
    known = {name.lower(): name for name in names if abs(len(name) - len(wrong)) <= longer}
    known.pop(wrong, None)
    found = [name for name in known if sorted(name) == sorted(wrong.lower())]  # such as maht
    found += difflib.get_close_matches(wrong.lower(), known, 3, SIMILAR)
    found.sort(key=lambda name: name[0] != wrong[0].lower())  # the others stay in their order
    return known[found[0]] if found else ""


def meant(wrong: object, names: Iterable[object]) -> str:
    """Ask whether the nearest of names was meant, with a blank behind; nothing if none is near."""
    near = nearest(wrong, map(str, names)) if isinstance(wrong, str) else ""
    return say("listing.meant", near=near) + " " if near else ""
