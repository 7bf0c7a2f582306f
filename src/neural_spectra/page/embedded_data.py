"""Pictures and arrays inside an HTML file."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

# So many colours show a drawing as it is; photographs there are none.
_COLOURS = 256
_WIDTH_OF_THUMBNAILS = 220


def with_pictures(text: str, pictures: Mapping[str, str | Path]) -> str:
    """Return a page with the PNG of each ``data-picture="name"`` inside it, and small ones.

    The small ones are those of each ``data-thumbnail="name"``.
    """
    opened = {name: Image.open(path).convert("RGB") for name, path in pictures.items()}

    def embedded(place: re.Match[str]) -> str:
        picture = opened[place[2]]
        if place[1] == "thumbnail":
            height = round(picture.height * _WIDTH_OF_THUMBNAILS / picture.width)
            picture = picture.resize((_WIDTH_OF_THUMBNAILS, height), Image.Resampling.BOX)
        source = f"data:image/png;base64,{b64encode(_with_palette(picture)).decode()}"
        return f'src="{source}" width="{picture.width}" height="{picture.height}"'

    return re.sub(r'data-(picture|thumbnail)="([^"]+)"', embedded, text)


def _with_palette(picture: Image.Image) -> bytes:
    """Return a PNG a third as long, in which nothing is seen to be other."""
    written = BytesIO()
    few = picture.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(written, "PNG", optimize=True)
    return written.getvalue()


def packed_text(text: str) -> str:
    """Return a text, compressed, as base64."""
    return _packed(text.encode())


def packed(*arrays: np.ndarray) -> str:
    """Return arrays one after the other, little-endian, compressed, as base64."""
    little = (array.astype(array.dtype.newbyteorder("<")) for array in arrays)
    return _packed(b"".join(array.tobytes() for array in little))


def _packed(data: bytes) -> str:
    # Without the time, so that equal data give equal text.
    return b64encode(gzip.compress(data, 6, mtime=0)).decode()
