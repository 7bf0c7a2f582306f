"""The tables and figures of each kind of network: known here without anything that computes.

A figure is drawn from the table of its name.
"""

from __future__ import annotations

FIGURES: dict[str, tuple[str, ...]] = {
    "flow": ("flow_portrait", "flow_multipliers", "flow_slopes", "flow_windows", "flow_sweep"),
    "map": ("map_portrait", "map_affine", "map_spectrum", "map_saturation", "map_sweep"),
    "skew-rnn": ("skew_orbits", "skew_spectrum", "skew_drift", "skew_euler"),
}
TABLES: dict[str, tuple[str, ...]] = {
    "flow": (
        "flow_equilibria",
        "flow_orbits",
        "flow_multipliers",
        "flow_exponents",
        "flow_starts",
        "flow_saturation",
        "flow_units",
        "flow_bounds",
        "flow_windows",
        "flow_certificates",
        "flow_sweep",
        "flow_activations",
        "flow_portrait",
        "flow_slopes",
    ),
    "map": (
        "map_cycles",
        "map_certificates",
        "map_activations",
        *FIGURES["map"],
    ),
    "skew-rnn": FIGURES["skew-rnn"],
}
