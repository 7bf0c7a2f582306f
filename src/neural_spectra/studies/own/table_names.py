"""The tables and figures of each kind of network: known here without anything that computes."""

from __future__ import annotations

TABLES: dict[str, tuple[str, ...]] = {
    "flow": ("portrait",),
    "map": ("affine_maps",),
    "skew-rnn": ("skew_spectrum",),
}
FIGURES: dict[str, tuple[str, ...]] = {
    "flow": ("portrait",),
    "map": ("affine_maps",),
    "skew-rnn": ("skew_spectrum",),
}
