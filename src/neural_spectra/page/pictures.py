"""Pictures and arrays inside an HTML file."""

from __future__ import annotations

import gzip
import io
from base64 import b64encode
from pathlib import Path

import numpy as np
from PIL import Image


def embedded(path: str | Path) -> tuple[str, int, int]:
    """Return a PNG as a data URI with 256 colours, a third of its size, with width and height."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(
            256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
    file = io.BytesIO()
    few.save(file, "png")
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}", few.width, few.height


def packed(*arrays: np.ndarray) -> str:
    """Return arrays one after the other, little-endian, compressed, as base64."""
    little = (array.astype(array.dtype.newbyteorder("<")) for array in arrays)
    together = b"".join(array.tobytes() for array in little)
    # Without the time, so that equal arrays give equal text.
    return b64encode(gzip.compress(together, mtime=0)).decode()
