"""Small tables in the shape of those of a user's own flow, and figures drawn from them once."""

import math
from itertools import product

import numpy as np
import pandas as pd
from drawings import drawing_of


def flow_portrait():
    angle = 2 * math.pi * np.arange(65) / 64
    parts = []

    def add(kind, x, y):
        labels = {"x_label": "x_1", "y_label": "x_2"}
        parts.append(pd.DataFrame({"kind": kind, "path": len(parts), "x": x, "y": y, **labels}))

    for turn in range(4):
        radius = 1 + 0.8 * np.exp(-angle) * (-1) ** turn
        add("trajectory", 2 * radius * np.cos(angle + turn), radius * np.sin(angle + turn))
    for kind, radius in {
        "attracting orbit": 1.0,
        "annulus left": 0.9,
        "annulus right": 1.1,
        "repelling orbit": 0.4,
    }.items():
        add(kind, 2 * radius * np.cos(angle), radius * np.sin(angle))
    add("stable", [0.0], [0.0])
    add("saddle", [1.2], [0.8])
    return pd.concat(parts, ignore_index=True)


def flow_slopes():
    rows = []
    for layer, rank, share in product([1, 2], range(1, 17), np.linspace(0, 1, 21)):
        slope = math.exp(-rank / 3 * (1 + math.sin(2 * math.pi * share)) * layer)
        row = {"along": "orbit 1", "layer": layer, "rank": rank, "share": share, "slope": slope}
        rows.append(row)
    return pd.DataFrame(rows)


def flow_windows():
    widths = {"C": 26000.0, "refined": 9000.0, "jacobian": 700.0}
    rows = []
    for orbit in (1, 2):
        place = {"orbit": orbit, "of": "multipliers"}
        for what, width in widths.items():
            rows.append({**place, "what": what, "lower": -width, "upper": width})
        rows.append({**place, "what": "logarithmic norm", "lower": -650.0, "upper": 300.0})
        rows.append({**place, "what": "logarithmic norm along", "lower": -16.0, "upper": 9.0})
        for found in (3e-13, -7.15 if orbit == 1 else 0.04):
            rows.append({**place, "what": "found", "lower": found, "upper": found})
    return pd.DataFrame(rows)


def flow_multipliers():
    rows = []
    for orbit, attracting, pairs in (
        (1, "yes", [(1e-13, 0.0), (-2.0, 2.2), (-2.0, -2.2), (math.nan, math.nan)]),
        (2, "no", [(0.7, math.pi), (-1e-12, 0.0)]),
    ):
        for index, (log_modulus, angle) in enumerate(pairs, start=1):
            row = {"orbit": orbit, "attracting": attracting, "index": index, "method": "qr"}
            row |= {"ln_modulus": log_modulus, "angle": angle, "error_estimate": 1e-9}
            rows.append(row)
    return pd.DataFrame(rows)


def flow_sweep():
    rows = []
    for k, s in enumerate([0.5, 0.71, 1.0, 1.41, 2.0, 2.83, 4.0]):
        orbit = 0 < k < 5
        row = {"s": s, "does": "closed orbit" if orbit else "equilibrium"}
        row |= {"period": 6 / s if orbit else math.nan, "ln_det": -7 * s if orbit else math.nan}
        row |= {"C": 4000 * s**2, "refined": 2500 * s**2, "jacobian": 100 * s}
        row |= {"lowest": -90 * s, "highest": 80 * s, "delta": 1.0, "share_below_0.1": 0.1 * k}
        row |= {"bound_period": 24000 * s if orbit else math.nan}
        rows.append(row)
    return pd.DataFrame(rows)


TABLES = [flow_portrait, flow_slopes, flow_windows, flow_multipliers, flow_sweep]
draw, drawn = drawing_of("own", TABLES)
