"""Pictures: how large one of a notebook is, and the strip of the images that were trained on."""

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from fmnist_spec.gate.events import Pictures
from fmnist_spec.gate.observe.pictures import LARGEST, MOST, STEPS

MOST_PIXELS = 4_000_000  # of a picture: one that a browser unpacks at once
PNG, JPEG, GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8", (b"GIF87a", b"GIF89a")
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # parts of a JPEG that have its sides
GAP = 2  # pixels between two images
GREY, RED, BLUE = (255, 255, 255), (255, 110, 90), (80, 130, 255)


def size_of(picture: bytes) -> tuple[int, int] | None:
    """Give width and height of a PNG, GIF or JPEG; None of what is none, or too large to show."""
    sides = None
    if picture.startswith(PNG) and picture[12:16] == b"IHDR" and len(picture) > 24:
        sides = struct.unpack(">II", picture[16:24])
    elif picture.startswith(GIF) and len(picture) > 10:
        sides = struct.unpack("<HH", picture[6:10])
    elif picture.startswith(JPEG):
        sides = _sides_of_jpeg(picture)
    return sides if sides and 0 < sides[0] * sides[1] <= MOST_PIXELS else None


def _sides_of_jpeg(picture: bytes) -> tuple[int, int] | None:
    at = len(JPEG)
    while at + 9 <= len(picture) and picture[at] == 0xFF:
        if picture[at + 1] in FRAMES:
            height, width = struct.unpack(">HH", picture[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return None


def strip(told: Pictures, low: float, high: float) -> tuple[str, int, int] | None:
    """Draw images side by side, as a PNG in Base64 with its width and height.

    From black to white is from ``low`` to ``high``; what is above is red, what is below blue. What
    was told may be anything: None if it is no images.
    """
    sides = told.count, told.height, told.width
    try:
        values = np.frombuffer(base64.b64decode(told.values, validate=True), np.uint8)
    except ValueError:
        return None
    few = 0 < sides[0] <= MOST and min(sides[1:]) > 0 and max(sides[1:]) <= LARGEST
    if not few or values.size != np.prod(sides) or not _is_range(told):
        return None
    pixels = np.zeros((told.height, told.count * (told.width + GAP) - GAP, 4), np.uint8)
    for at, image in enumerate(_colours(told, low, high)[values.reshape(sides)]):
        begin = at * (told.width + GAP)
        pixels[:, begin : begin + told.width] = image
    height, width, _ = pixels.shape
    return base64.b64encode(_png(pixels)).decode(), width, height


def _is_range(told: Pictures) -> bool:
    return -1e30 < told.minimum <= told.maximum < 1e30  # neither is infinite or no number


def _colours(told: Pictures, low: float, high: float) -> NDArray[np.uint8]:
    """Give the colour of each byte."""
    values = np.linspace(told.minimum, told.maximum, STEPS + 1)
    near = (high - low) / STEPS / 2
    shades = np.clip((values - low) / (high - low), 0, 1)[:, None] * GREY
    above, below = values > high + near, values < low - near
    shades[above] = 0.35 * np.array(RED) + 0.65 * np.outer(values[above] / told.maximum, RED)
    shades[below] = BLUE
    return np.column_stack([shades, np.full(len(values), 255)]).astype(np.uint8)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    height, width, _ = pixels.shape
    rows = np.column_stack([np.zeros(height, np.uint8), pixels.reshape(height, -1)])  # no filter
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)  # RGBA of 8 bits
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")
    return PNG + b"".join(map(_part, *zip(*parts, strict=True)))


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
