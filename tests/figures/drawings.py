"""Small tables in the shape of the real ones, and figures drawn from them once."""

import importlib
import math
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

STYLE = {"font_size": 8.0, "dots_per_inch": 200, "single_column": 3.25, "double_column": 6.75}
SCALES = np.array([1.0, 1.5, 2.0, 4.0, 8.0, 15.0, 30.0])


AGREEMENTS = {
    quantity: dict(zip(["paper", "lowest", "highest", "axis"], stated, strict=True))
    for quantity, stated in {
        "det at s = 1": (1e-5, 3e-6, 3e-5, "logarithmic"),
        "det at s = 4": (0.92, 0.905, 0.925, "linear"),
        "improvement at s = 30": (9.0, 8.5, 9.5, "linear"),
    }.items()
}


def attenuation():
    weight, delta = 110 * SCALES, 1 / np.cosh(0.84 * SCALES) ** 2
    bound = weight * delta
    columns = {"jacobian_norm": bound / 10, "bound": bound, "weight_factor": weight, "delta": delta}
    columns |= {"jacobian_bound": bound / 9.5}
    return pd.DataFrame({"s": SCALES, **columns})


def phase_portraits():
    t = np.linspace(0, 4 * math.pi, 101)
    tables = []
    panels = {"exact": math.nan, "s = 1": 1.0, "s = 4": 4.0, "s = 15": 15.0}
    for (panel, s), (k, radius) in product(panels.items(), enumerate([0.2, 1.7])):
        r = 1 + (radius - 1) * np.exp(-t)
        numbers = {"delta": math.nan if math.isnan(s) else 0.5 ** (2 * s), "ln_det": -1e-9}
        path = {"trajectory": k, "t": t, "x": r * np.cos(t + k), "y": r * np.sin(t + k)}
        constants = {"panel": panel, "s": s, "det": 3.5e-6, "radius": 1.0, "extent": 2.0}
        tables.append(pd.DataFrame(constants | numbers | path))
    return pd.concat(tables, ignore_index=True)


def obstruction():
    rows = []
    for offset, seed, s in product([0.0, 1.5, 3.0, 6.0], [0, 1], np.geomspace(0.1, 30, 40)):
        bound = (90 + seed) * 10 * s * np.exp(-offset * s)
        rows.append(
            {"offset": offset, "seed": seed, "s": s, "bound": bound, "exact_ln_det": -4 * math.pi}
        )
    return pd.DataFrame(rows)


def multipliers_window():
    rows = []
    for s, index in product(SCALES, [1, 2]):
        window = 240 * s * np.exp(-1.6 * (s - 1))
        ln_modulus = -12.0 if (s, index) == (1.0, 2) else -0.01 * window
        row = {"s": s, "index": index, "ln_modulus": ln_modulus, "window": window}
        row |= {"error_estimate": 1e-14}
        rows.append(row | {"window_lower": -0.06 * window, "window_upper": 0.02 * window})
    return pd.DataFrame(rows)


def refined_bound():
    bound, refined = 20 * SCALES, 8 * SCALES**0.6
    norm, improvement = 0.8 * refined, bound / refined
    columns = {"jacobian_norm": norm, "refined_bound": refined, "bound": bound}
    ratios = {"improvement": improvement, "improvement_sampled": 1.02 * improvement}
    columns |= {"refined_gap": 0.02, "jacobian_bound": 1.1 * norm}
    ratios |= {"improvement_certified": bound / (1.1 * norm)}
    table = pd.DataFrame({"s": SCALES, **columns, **ratios})
    stated = pd.DataFrame([{"s": 30.0} | AGREEMENTS["improvement at s = 30"]])
    return table.merge(stated, on="s", how="left")


def silu_converse():
    rows = []
    for network, seed, s in product(["silu_256", "shifted_256", "of_my_own"], [0, 1], SCALES):
        orbit = network == "silu_256" or s < 2
        other = "equilibrium" if seed == 0 else "seen not refined" if s > 20 else "diverged"
        rows.append(
            {
                "network": network,
                "seed": seed,
                "s": s,
                "status": "orbit" if orbit else other,
                "ln_modulus": -12 * s - seed if orbit else math.nan,
                "exact_ln_det": -4 * math.pi,
            }
        )
    return pd.DataFrame(rows)


def seed_spread():
    tables = []
    for quantity, stated in AGREEMENTS.items():
        values = stated["paper"] * np.linspace(0.8, 1.1, 12) ** 2
        network = "free_32" if "improvement" in quantity else "shifted_256"
        columns = {"network": network, "seed": range(12), "value": values}
        tables.append(pd.DataFrame({"quantity": quantity, **columns, **stated}))
    return pd.concat(tables, ignore_index=True)


def yorke_limit():
    rows = []
    for network, seed, s in product(["shifted_256", "free_32"], range(4), SCALES):
        orbit = s < 2 + seed
        rows.append(
            {
                "network": network,
                "seed": seed,
                "s": s,
                "status": "orbit" if orbit else "no return" if s == 15 else "equilibrium",
                "bound_period": 300 * s + seed if orbit else math.nan,
                "scale_of_limit": 4.3 + 0.02 * seed if network == "shifted_256" else math.nan,
            }
        )
    return pd.DataFrame(rows)


def slow_clock():
    tables = []
    for m in [1.0, 2.0, 4.0, 8.0, 12.0]:
        epsilon, angle = 2 * math.exp(-2 * m), 2 * math.pi * np.arange(30) / 30
        columns = {"m": m, "delta": 70 * epsilon, "bound": 5500 * epsilon, "bound_period": 35000.0}
        columns |= {"period": 2 * math.pi / epsilon, "ln_det": -12.5}
        radius = 1 + epsilon
        path = {"x": radius * np.cos(angle), "y": radius * np.sin(angle)}
        tables.append(pd.DataFrame(columns | path))
    return pd.concat(tables, ignore_index=True)


def certified_cycles():
    rows = []
    for network, seed, s in product(["shifted_256", "free_32"], range(4), SCALES):
        orbit = s < 2 + seed
        proved = "cycle" if orbit else "nothing" if network == "free_32" else "no closed orbit"
        rows.append(
            {
                "network": network,
                "seed": seed,
                "s": s,
                "status": "orbit" if orbit else "equilibrium",
                "proved": "nothing" if s == 4 else proved,
                "scale_of_limit": 4.3 + 0.02 * seed if network == "shifted_256" else math.nan,
            }
        )
    return pd.DataFrame(rows)


def sensitivity():
    rows = []
    choices = ["as used", "as used, unit_disc", "as used, 1 cell", "as used, 16 cells", "ridge 1"]
    for network, variant, (quantity, stated) in product(
        ["shifted_256", "free_32"], choices, AGREEMENTS.items()
    ):
        if "det" in quantity and ", " in variant:
            continue
        for seed in range(3):
            value = stated["paper"] * (0.9 - 0.1 * seed) * (100 if variant == "ridge 1" else 1)
            row = {"network": network, "variant": variant, "seed": seed, "quantity": quantity}
            rows.append(row | {"value": value} | stated)
    return pd.DataFrame(rows)


TABLES = [
    attenuation,
    phase_portraits,
    obstruction,
    multipliers_window,
    refined_bound,
    silu_converse,
    seed_spread,
    yorke_limit,
    slow_clock,
    certified_cycles,
    sensitivity,
]


def drawing_of(study, tables):
    """Return two functions: one draws a table as a figure of ``study``, one does so once a name."""

    def draw(name, table, style=STYLE):
        return importlib.import_module(f"neural_spectra.figures.{study}.{name}").draw(table, style)

    @cache
    def drawn(name):
        table = next(table for table in tables if table.__name__ == name)()
        return table, draw(name, table)

    return draw, drawn


draw, drawn = drawing_of("saturation", TABLES)


def drawn_texts(figure):
    """Return every text that is really drawn, with its box in pixels."""
    texts = []
    original = Text.draw

    def record(self, renderer):
        if self.get_visible() and self.get_text().strip():
            texts.append((self.get_text(), Text.get_window_extent(self, renderer)))
        original(self, renderer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", record)
        figure.draw_without_rendering()
    return texts
