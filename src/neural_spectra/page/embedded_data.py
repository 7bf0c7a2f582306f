"""Pictures and arrays inside an HTML file."""

from __future__ import annotations

import gzip
import re
import struct
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def with_pictures(text: str, pictures: Mapping[str, str | Path]) -> str:
    """Return a page with the PNG of each ``data-picture="name"`` inside it."""

    def embedded(place: re.Match[str]) -> str:
        picture = Path(pictures[place[1]]).read_bytes()
        # The header chunk, which comes first, begins with the two.
        width, height = struct.unpack(">II", picture[16:24])
        source = f"data:image/png;base64,{b64encode(picture).decode()}"
        return f'src="{source}" width="{width}" height="{height}"'

    return re.sub(r'data-picture="([^"]+)"', embedded, text)


def packed(*arrays: np.ndarray) -> str:
    """Return arrays one after the other, little-endian, compressed, as base64."""
    little = (array.astype(array.dtype.newbyteorder("<")) for array in arrays)
    together = b"".join(array.tobytes() for array in little)
    # Without the time, so that equal arrays give equal text.
    return b64encode(gzip.compress(together, 6, mtime=0)).decode()
