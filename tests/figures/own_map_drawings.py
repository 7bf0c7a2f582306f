"""Small tables in the shape of the real ones for the figures of a user's map, and drawings."""

import math
from itertools import product

import numpy as np
import pandas as pd
from drawings import drawing_of

PLANE = {"x_label": "x_1", "y_label": "x_2"}
LINE = {"x_label": "x_1", "y_label": ""}


def states(kind, x, y, number=-1, step=0, value=math.nan):
    columns = {"kind": kind, "number": number, "step": step, "x": x, "y": y, "value": value}
    return pd.DataFrame(columns)


def map_portrait():
    """Two attracting fixed points, a saddle between them, a repelling cycle, and escape."""
    along = np.linspace(-2, 2, 21)
    x, y = (part.ravel() for part in np.meshgrid(along, along))
    ends = np.where(np.hypot(x, y) > 1.8, -1, (x > 0).astype(int))
    parts = [states("basin", x, y, value=ends)]
    for k, start in enumerate([(0.3, 1.2), (-0.4, -1.0), (1.5, 1.6)]):
        decay = 0.7 ** np.arange(12)
        target = math.copysign(1, start[0])
        path = target + (start[0] - target) * decay, start[1] * decay
        parts.append(states("orbit", *path, number=k, step=range(12)))
    cycles = [([1.0], [0.0], 0.5), ([-1.0], [0.0], 0.5), ([0.0], [0.0], 1.5)]
    cycles += [([0.0, 0.0], [1.5, -1.5], 1.2)]
    for k, (x, y, value) in enumerate(cycles):
        parts.append(states("cycle", x, y, k, range(len(x)), value))
    return pd.concat(parts, ignore_index=True).assign(**PLANE)


def chaotic_portrait():
    """A chaotic attractor in a plane, which everything reaches."""
    along = np.linspace(-2, 2, 21)
    x, y = (part.ravel() for part in np.meshgrid(along, along))
    path = [(0.1, 0.1)]
    for _ in range(400):
        path.append((1 - 1.4 * path[-1][0] ** 2 + path[-1][1], 0.3 * path[-1][0]))
    attractor = np.array(path[20:]).T
    parts = [states("basin", x, y, value=0)]
    parts += [states("orbit", *np.array(path[:8]).T, number=0, step=range(8))]
    parts += [states("attractor", *attractor)]
    return pd.concat(parts, ignore_index=True).assign(**PLANE)


def portrait_of_a_line():
    """The map x ↦ tanh 2x, as stairs."""
    along = np.linspace(-1.2, 1.2, 41)
    parts = [states("basin", along, np.tanh(2 * along), value=(along > 0).astype(int))]
    path = [0.2]
    for _ in range(8):
        path.append(math.tanh(2 * path[-1]))
    parts.append(states("orbit", path[:-1], path[1:], 0, range(8)))
    for k, (x, value) in enumerate({0.0: 2.0, 0.9575: 0.17, -0.9575: 0.17}.items()):
        parts.append(states("cycle", [x], [x], k, 0, value))
    parts.append(states("graph", along, np.tanh(2 * along)))
    return pd.concat(parts, ignore_index=True).assign(**LINE)


def map_affine():
    along = np.linspace(-2, 2, 21)
    x, y = (part.ravel() for part in np.meshgrid(along, along))
    slope = 1 / np.cosh(x) ** 2
    found = {"A 1 1": 2 * slope, "A 1 2": y / 4, "b 1": 0.3 * np.sin(x)}
    found |= {"A 2 1": 0 * x, "A 2 2": 0.5 - slope / 4, "b 2": 0 * x + 1}
    found |= {"rho": 2 * slope, "rho of Df": 1.5 * slope**2, "norm": 2.2 * slope + 0.1}
    tables = [
        pd.DataFrame({"quantity": name, "x": x, "y": y, "value": value, **PLANE})
        for name, value in found.items()
    ]
    return pd.concat(tables, ignore_index=True)


def affine_of_a_line():
    x = np.linspace(-2, 2, 41)
    found = {"A 1 1": np.cos(x), "b 1": np.sin(x) / 4, "rho of Df": 2 / np.cosh(x) ** 2}
    tables = [
        pd.DataFrame({"quantity": name, "x": x, "y": math.nan, "value": value, **LINE})
        for name, value in found.items()
    ]
    return pd.concat(tables, ignore_index=True)


def map_spectrum():
    angle = np.linspace(0, 2 * math.pi, 60)
    radius = 0.8 + 0.5 * np.cos(3 * angle)
    columns = {"real": radius * np.cos(angle), "imag": radius * np.sin(angle)}
    tables = [pd.DataFrame({"kind": "eigenvalue", **columns})]
    multipliers = {(1, "attracting"): 0.5, (1, "saddle"): 1.5, (2, "repelling"): 1.8}
    for (period, stability), modulus in multipliers.items():
        columns = {"real": [modulus, -0.3], "imag": [0.0, 0.0]}
        constants = {"kind": "multiplier", "period": period, "stability": stability}
        tables.append(pd.DataFrame({**constants, **columns}))
    return pd.concat(tables, ignore_index=True)


def map_saturation():
    shares = np.linspace(0, 1, 21)
    tables = []
    places = {"on the attractors": 3.0, "over the region": 2.0}
    for layer, (place, power) in product([1, 2], places.items()):
        columns = {"place": place, "share": shares, "slope": shares ** (power * layer)}
        tables.append(pd.DataFrame({"layer": layer, "activation": "tanh", "units": 16, **columns}))
    return pd.concat(tables, ignore_index=True)


def map_sweep():
    tables = []
    for s in [0.5, 1.0, 2.0, 4.0]:
        kind = "single point" if s < 2 else "chaotic"
        state = [0.0] if s < 2 else np.linspace(-s, s, 30)
        columns = {"s": s, "attractor": kind, "lyapunov": math.log(s / 1.5)}
        columns |= {"lyapunov_error": 0.01, "exponent_bound": math.log(2 * s), "state": state}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


TABLES = [map_portrait, map_affine, map_spectrum, map_saturation, map_sweep]
draw, drawn = drawing_of("own", TABLES)
