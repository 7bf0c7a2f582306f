"""Small tables in the shape of the real ones for the figures of a user's recurrent network."""

import math
from itertools import product

import numpy as np
import pandas as pd
from drawings import drawing_of


def skew_spectrum():
    return pd.DataFrame({"real": [0.0, 0.0, 0.0], "imag": [2.0, 0.0, -2.0]})


def skew_orbits():
    t = np.linspace(0, 12, 121)
    tables = []
    for size in [0.5, 1.0, 2.0]:
        columns = {"x": size * np.cos(t / size), "y": -size * np.sin(t / size)}
        columns |= {"energy": 1e-12 * np.sin(5 * t)}
        tables.append(pd.DataFrame({"size": size, "t": t, **columns}))
    return pd.concat(tables, ignore_index=True).assign(x_label="x_1", y_label="x_2")


def skew_drift():
    methods = {"euler": (1.0, 2.0), "rk4": (4.0, 0.02), "implicit midpoint": (2.0, 0.1)}
    methods |= {"average vector field": (math.nan, 1e-15)}
    rows = []
    for (name, (order, drift)), per_turn in product(methods.items(), [10, 20, 40, 80]):
        step = 2 * math.pi / per_turn
        size = drift if math.isnan(order) else drift * step**order
        row = {"integrator": name, "step": step, "steps_per_turn": per_turn, "drift": size}
        rows.append(row | {"kernel_drift": math.nan, "order": order})
    return pd.DataFrame(rows)


def skew_euler():
    per_turn = np.array([6, 10, 20, 40, 80, 160, 320, 640])
    step = 2 * math.pi / per_turn
    damping = np.where(step < 1, step / (1 + np.sqrt(np.maximum(1 - step**2, 0))), math.inf)
    columns = {"change_per_turn": 5 * step, "linear_growth": (1 + step**2) ** (per_turn / 2) - 1}
    columns |= {"damping_needed": damping}
    return pd.DataFrame({"step": step, "steps_per_turn": per_turn, **columns})


TABLES = [skew_spectrum, skew_orbits, skew_drift, skew_euler]
draw, drawn = drawing_of("own", TABLES)
