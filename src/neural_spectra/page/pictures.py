"""Pictures and arrays inside an HTML file."""

from __future__ import annotations

import gzip
import struct
from base64 import b64encode
from pathlib import Path

import numpy as np


def embedded(path: str | Path) -> tuple[str, int, int]:
    """Return a PNG as a data URI, with its width and height."""
    picture = Path(path).read_bytes()
    # The header chunk, which comes first, begins with the two.
    width, height = struct.unpack(">II", picture[16:24])
    return f"data:image/png;base64,{b64encode(picture).decode()}", width, height


def packed(*arrays: np.ndarray) -> str:
    """Return arrays one after the other, little-endian, compressed, as base64."""
    little = (array.astype(array.dtype.newbyteorder("<")) for array in arrays)
    together = b"".join(array.tobytes() for array in little)
    # Without the time, so that equal arrays give equal text.
    return b64encode(gzip.compress(together, mtime=0)).decode()
