"""Small tables in the shape of the real ones for the overviews of the affine maps, and drawings."""

import math
from itertools import product

import numpy as np
import pandas as pd
from drawings import drawing_of

from neural_spectra.activations.stability_classes import PUBLISHED, stability_table

NEAR_1 = [(0.99, 1.0), (0.99, 1.01), (0.99, 1.1), (1.0, 1.01), (1.1, 1.5)]
RANGES = [(-1.5, -1.1), (0.0, 1.0), *NEAR_1]
FAMILIES = ["Gershgorin, real", "Gershgorin, complex", "Spectral"]
# Each row of cells, and the largest modulus in its range.
ROWS = {
    f"{family} ({low:.2f}, {high:.2f})".replace("-", "−"): max(-low, high)
    for family, (low, high) in product(FAMILIES, RANGES)
} | {"Perron–Frobenius (1.00, 1.00)": 1.0, "Unstructured": 1.0}
ACTIVATIONS = ["relu", "selu", "gelu", "tanh", "sigmoid", "softplus"]
COUNTS = {
    "single point": 515,
    "multiple points": 44,
    "line": 3,
    "periodic": 41,
    "quasi-periodic": 15,
    "chaotic": 0.3,
    "diverging from some starts": 118,
    "diverging": 91,
}


def activations():
    z = np.linspace(-4, 4, 161)
    return pd.concat(
        [
            pd.DataFrame(row | {"z": z, "sigma": PUBLISHED[row["name"]].function(z)})
            for row in stability_table()
        ],
        ignore_index=True,
    )


def models_overview():
    """Models that diverge where the range goes beyond 1, less so for bounded activations."""
    generator = np.random.default_rng(0)
    models = []
    for (label, largest), depth, activation, bias in product(
        ROWS.items(), [1, 4, 8], ACTIVATIONS, [True, False]
    ):
        bounded = activation in ("tanh", "sigmoid")
        rho = 0.9 * largest ** (depth + 1) * np.exp(0.2 * generator.standard_normal())
        rho /= 5**depth if activation == "sigmoid" else 1
        kinds = ["single point", "multiple points", "line"]
        if rho > 1.3:
            moving = ["periodic", "quasi-periodic", "multiple points", "chaotic"]
            kinds = moving if bounded else ["diverging", "diverging from some starts"]
        attractor = kinds[min(generator.geometric(0.9 if rho <= 1.3 else 0.5), len(kinds)) - 1]
        model = {"label": label, "depth": depth, "activation": activation, "bias": bias}
        certified = rho < 0.8 and attractor == "single point"
        models.append(model | {"attractor": attractor, "rho_max": rho, "certified": certified})
    cells = pd.DataFrame(models)
    counts = generator.poisson(list(COUNTS.values()), (20, len(COUNTS)))
    classes = {
        "attractor": list(COUNTS),
        "count": cells["attractor"].value_counts().reindex(COUNTS, fill_value=0).to_numpy(),
        "mean": counts.mean(0),
        "standard_deviation": counts.std(0, ddof=1),
        "smallest": counts.min(0),
        "largest": counts.max(0),
    }
    panels = {"model": cells, "class": pd.DataFrame(classes)}
    tables = [table.assign(panel=panel) for panel, table in panels.items()]
    return pd.concat(tables, ignore_index=True)


def region_metrics():
    """Steps along two lines for ReLU, where four regions meet; a pole on a line for sigmoid."""
    x, y = (z.ravel() for z in np.meshgrid(np.linspace(-6, 6, 61), np.linspace(-6, 6, 61)))
    steps = 0.7 + 0.6 * (x + 0.5 * y > 1) + 0.4 * (y - 0.3 * x > -0.5)
    smooth = np.exp(-((x / 6) ** 2) - (y / 6) ** 2)
    norms = {
        "ReLU": steps,
        "tanh": 0.9 * smooth,
        "SELU": 1.2 * smooth,
        "sigmoid": 1 / abs(x + y + 0.01),
    }
    modulus = np.linspace(0.0125, 0.9875, 40)
    tables = []
    for panel, (label, norm) in zip("abcd", norms.items(), strict=True):
        density = np.exp(-(((modulus - 0.4) / 0.1) ** 2))
        parts = {
            "norm": {"x": x, "y": y, "value": norm},
            "density": {"x": modulus, "value": density},
            "mean modulus": {"value": [0.4]},
        }
        if label == "ReLU":
            parts["linear regions"] = {"value": [4]}
        names = {"panel": panel, "label": label}
        tables += [
            pd.DataFrame(part).assign(metric=metric, **names) for metric, part in parts.items()
        ]
    return pd.concat(tables, ignore_index=True)


def trainable_spectra():
    """Reflections keep to the range; the smaller the penalty, the farther values leave it."""
    tables = []
    step = np.arange(201)
    limits = {math.nan: 0.97, 0.0: 1.5, 0.1: 1.3, 1.0: 1.1}
    for (weight, limit), index in product(limits.items(), range(1, 5)):
        factorisation = "householder" if math.isnan(weight) else "regularised"
        value = 0.9 + 0.08 * limit * np.cos((index - 1) * np.pi / 3) * np.tanh(0.2 + step / 60)
        names = {"factorisation": factorisation, "penalty_weight": weight, "index": index}
        columns = {"step": step, "singular_value": value, "lambda_min": 0.82, "lambda_max": 0.98}
        tables.append(pd.DataFrame(names | columns))
    return pd.concat(tables, ignore_index=True)


def counterexamples():
    rows = [
        ("The spectral radius of a product is at most the product of the radii.", False, 33, 828),
        ("Layers with spectral radii of at most 1 make a network stable, " * 2, False, 6, 156),
        ("The equilibrium is the bias of the last layer.", False, 59, 65),
        ("If the product of norms is below 1, one point attracts every orbit.", True, 0, 312),
    ]
    return pd.DataFrame(rows, columns=["in_words", "holds", "fails_in", "of"])


TABLES = [activations, models_overview, region_metrics, trainable_spectra, counterexamples]


draw, drawn = drawing_of("affine_maps", TABLES)
