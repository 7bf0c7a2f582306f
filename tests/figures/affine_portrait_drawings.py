"""Small tables in the shape of the real ones for Figs 2 to 8 of the study of affine maps."""

import math
from itertools import product

import numpy as np
import pandas as pd
from drawings import drawing_of

GRID = np.linspace(-6, 6, 25)


def square(grid):
    """Return the points of a square grid, row by row."""
    x, y = np.meshgrid(grid, grid)
    return np.stack([x.ravel(), y.ravel()], axis=-1)


def turn(growth, angle):
    cosine, sine = math.cos(angle), math.sin(angle)
    return growth * np.array([[cosine, -sine], [sine, cosine]])


def two_points(x):
    """Jump between the branches of 1.4 tanh: the attractors (±1.1403, 0), and (0, 0) repels."""
    return np.stack([1.4 * np.tanh(x[..., 0]), 0.5 * x[..., 1]], axis=-1)


def henon(x):
    return np.stack([1 - 1.4 * x[..., 0] ** 2 + x[..., 1], 0.3 * x[..., 0]], axis=-1)


SHIFT = np.array([0.6, -0.3])
SHIFTED = np.linalg.solve(np.eye(2) - turn(0.7, 0.4), SHIFT)

# A map, its fixed points with the largest and the smallest modulus of an eigenvalue of Df, and the
# number of the attractor that a point goes to.
MAPS = {
    "stable": (lambda x: x @ turn(0.7, 0.4).T, [(0, 0, 0.7, 0.7)], lambda x: np.zeros(len(x))),
    "cycle": (
        lambda x: 1.2 * np.tanh(x @ turn(1.2, 0.5).T),
        [(0, 0, 1.44, 1.44)],
        lambda x: np.zeros(len(x)),
    ),
    "unstable": (lambda x: 3 * x, [(0, 0, 3.0, 3.0)], lambda x: -np.ones(len(x))),
    "shifted": (
        lambda x: x @ turn(0.7, 0.4).T + SHIFT,
        [(*SHIFTED, 0.7, 0.7)],
        lambda x: np.zeros(len(x)),
    ),
    "two points": (
        two_points,
        [(1.1403, 0, 0.5, 0.471), (-1.1403, 0, 0.5, 0.471), (0, 0, 1.4, 0.5)],
        lambda x: np.where(x[:, 0] < 0, 1, 0),
    ),
    "line": (
        lambda x: x * [1, 0.6],
        [(x, 0, 1.0, 0.6) for x in np.linspace(-9, 9, 91)],
        lambda x: np.zeros(len(x)),
    ),
    "chaos": (
        henon,
        [(0.6314, 0.1894, 1.92, 0.16)],
        lambda x: np.where(np.abs(x[:, 0]) < 3, 0, -1),
    ),
}


def portrait(panel, label, name):
    """Return the field, the orbits from a circle, the fixed points and the basins of a map."""
    f, fixed, basin = MAPS[name]
    points = square(GRID)
    tables = [
        pd.DataFrame({"kind": "field", **xy(points), **xy(f(points) - points, "u", "v")}),
        pd.DataFrame({"kind": "basin", **xy(points), "value": basin(points)}),
        pd.DataFrame(
            {
                "kind": "equilibrium",
                **xy(np.array(fixed)),
                "value": [largest for *_, largest, _ in fixed],
                "smallest": [smallest for *_, smallest in fixed],
            }
        ),
    ]
    for k, angle in enumerate(np.arange(9) * 2 * math.pi / 9):
        radius = 0.1 if name == "chaos" else 4
        path = [radius * np.array([math.cos(angle), math.sin(angle)])]
        while len(path) <= 20:
            path.append(f(path[-1]))
        number = {"trajectory": k, "step": np.arange(len(path))}
        tables.append(pd.DataFrame({"kind": "trajectory", **number, **xy(np.array(path))}))
    if name in ("cycle", "chaos"):
        states = [path[-1]]
        while len(states) < 500:
            states.append(f(states[-1]))
        tables.append(pd.DataFrame({"kind": "attractor", **xy(np.array(states)), "value": 0}))
    return pd.concat(tables).assign(panel=panel, label=label, seed=3)


def xy(points, x="x", y="y"):
    return {x: points[:, 0], y: points[:, 1]}


def eigenvalues(size, spread, angle=0.0, count=1250):
    """Return eigenvalues of moduli around a size, in pairs about ±angle."""
    generator = np.random.default_rng(0)
    modulus = size + spread * generator.uniform(-1, 1, count)
    angle = angle * np.resize([1, -1], count)
    return {"real": modulus * np.cos(angle), "imag": modulus * np.sin(angle)}


def attractors_by_weights():
    tables = []
    panels = [
        ("a", "Gershgorin real (0.99, 1), tanh", "stable", eigenvalues(0.6, 0.4)),
        ("b", "spectral (0.99, 1.1), tanh", "cycle", eigenvalues(0.8, 0.3, 0.5)),
        ("c", "Gershgorin real (1, 1.01), softplus", "unstable", eigenvalues(1.5, 1.0)),
    ]
    for panel, label, name, spectrum in panels:
        rows = pd.DataFrame({"x": spectrum["real"], "y": spectrum["imag"]})
        tables.append(portrait(panel, label, name))
        tables.append(rows.assign(kind="eigenvalue", panel=panel, label=label, seed=3))
    return pd.concat(tables, ignore_index=True)


def bias():
    panels = [("a", "with bias", "shifted"), ("b", "without bias", "stable")]
    return pd.concat([portrait(*panel) for panel in panels], ignore_index=True)


TYPES = [
    "single point",
    "multiple points",
    "line attractor",
    "limit cycle",
    "chaos, usual draw",
    "unstable",
    "chaos, rare draw",
]


def attractor_types():
    names = ["stable", "two points", "line", "cycle", "cycle", "unstable", "chaos"]
    tables = [
        portrait(panel, label, name)
        for panel, label, name in zip("abcdefg", TYPES, names, strict=True)
    ]
    return pd.concat(tables, ignore_index=True).assign(lyapunov=0.182)


def attractor_spectra():
    spectra = [
        eigenvalues(0.5, 0.3),
        eigenvalues(-1.5, 0.8),
        eigenvalues(1.0, 0.0),
        eigenvalues(0.8, 0.3, 0.5),
        eigenvalues(1.3, 0.9, 2.0),
        eigenvalues(1.2, 0.2) | {"imag": np.append(np.zeros(1249), 400.0)},
        eigenvalues(-2.0, 1.5),
    ]
    tables = [
        pd.DataFrame({"panel": panel, "row": 0, "label": label, "seed": 3, **spectrum})
        for panel, label, spectrum in zip("abcdefg", TYPES, spectra, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def deeper(rows):
    tables = []
    for k, ((row, size), depth) in enumerate(product(rows.items(), [1, 4, 8])):
        columns = {"panel": "abcdefghi"[k], "row": row, "label": f"depth {depth}", "seed": 3}
        spectrum = eigenvalues(size**depth, 0.2 * size**depth, 0.2 * (size == 1))
        tables.append(pd.DataFrame(columns | spectrum))
    return pd.concat(tables, ignore_index=True)


def depth():
    return deeper({1: 0.5, 2: 1.0, 3: 1.1})


def depth_shared():
    tables = []
    for (row, size), layers, deep in product(
        {1: 0.3, 2: 1.0, 3: 1.1}.items(), ["own", "repeated"], [1, 4, 8]
    ):
        columns = {"row": row, "layers": layers, "depth": deep, "seed": 3}
        tables.append(pd.DataFrame(columns | eigenvalues(size**deep, 0.2 * size**deep)))
    return pd.concat(tables, ignore_index=True)


def radius_map(panel, label, radius):
    """Return a map of ρ, a function of x and y, over a coarse grid."""
    points = square(np.linspace(-6, 6, 41))
    columns = {"panel": panel, "label": label, "seed": 3}
    return pd.DataFrame(columns | xy(points) | {"spectral_radius": radius(*points.T)})


def linear_regions(x, y):
    return 0.1 + 0.2 * (x > 1) + 0.15 * (x + 2 * y > 0.5) * (y < 3)


def saturating(x, y):
    return 0.9 * np.tanh(np.hypot(x, y) + 0.1) / (np.hypot(x, y) + 0.1)


def kinked(x, y):
    return 0.5 + 0.2 * (x > 1) + 0.1 * np.exp(np.minimum(y, 0))


def poles(x, y):
    """Strips along x = 0.13 where ρ grows without bound, and a place without a number."""
    return np.where((x == 0) & (y == 0), np.nan, 0.4 / np.abs(x - 0.13) + 0 * y)


def regions_by_activation():
    panels = {"ReLU": linear_regions, "tanh": saturating, "SELU": kinked, "sigmoid": poles}
    maps = [
        radius_map(letter, *panel) for letter, panel in zip("abcd", panels.items(), strict=True)
    ]
    return pd.concat(maps, ignore_index=True)


def regions_same_weights():
    panels = {
        "ReLU": linear_regions,
        "SELU": kinked,
        "GELU": lambda x, y: 0.4 / (1 + np.exp(-x - y)),
        "Tanh": saturating,
        "Sigmoid, literal": poles,
        "Sigmoid, offset": lambda x, y: 2e-4 * saturating(x, y),
        "Softplus, literal": poles,
        "Softplus, offset": lambda x, y: 0.1 / (1 + np.exp(-x)),
    }
    maps = [
        radius_map(letter, *panel) for letter, panel in zip("abcdefgh", panels.items(), strict=True)
    ]
    return pd.concat(maps, ignore_index=True)


def attractor_regions():
    """The line's map is 1 up to rounding; the unstable one is above 1 everywhere."""
    maps = [
        linear_regions,
        lambda x, y: -2 * np.minimum(x, 0) / 6 + 0.4,
        lambda x, y: 1 + 1e-15 * x,
        lambda x, y: 2 * saturating(x, y),
        lambda x, y: 0.7 + kinked(x, y),
        lambda x, y: 1.1 + 0.01 * np.hypot(x, y),
        lambda x, y: 0.4 * np.abs(x),
    ]
    tables = [
        radius_map(panel, label, radius)
        for panel, label, radius in zip("abcdefg", TYPES, maps, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


TABLES = [
    attractors_by_weights,
    regions_by_activation,
    bias,
    depth,
    attractor_types,
    attractor_regions,
    attractor_spectra,
    regions_same_weights,
    depth_shared,
]


draw, drawn = drawing_of("affine_maps", TABLES)
