"""Small tables of the study of open questions, and figures drawn from them once."""

import math
from itertools import product

import numpy as np
import pandas as pd
from drawings import drawing_of


def current_diagram():
    tables = []
    marks = {"hopf": 90.0, "snlc": 42.0, "homoclinic": 50.0, "dimensionless": math.nan}
    for name, marked in marks.items():
        scale = 0.01 if name == "dimensionless" else 1.0
        v = np.linspace(-60, 40, 50) * scale
        current = 60 * scale + v - (v / scale / 25) ** 3 * scale
        equilibrium = {"kind": "equilibrium", "order": np.arange(50), "current": current}
        equilibrium |= {"stable": np.abs(v) > 20 * scale, "lowest": v, "highest": v}
        tables.append(pd.DataFrame({"set": name, **equilibrium, "marked": marked}))
        size = np.linspace(0.1, 1, 30)
        cycle = {"kind": "cycle", "order": np.arange(30), "stable": size > 0.5}
        cycle |= {"current": scale * (80 - 20 * size + 25 * (size - 0.5) ** 2)}
        cycle |= {"lowest": -40 * scale * size, "highest": 30 * scale * size}
        cycle |= {"period": 10 + 90 * size**2, "ln_det": 5 - 10 * size}
        tables.append(pd.DataFrame({"set": name, **cycle, "marked": marked}))
    return pd.concat(tables, ignore_index=True)


def homoclinic_limit():
    tables = []
    for source, seed in (("neuron", 0), ("network", 0), ("network", 1)):
        distance = np.append(np.geomspace(1e-3, 1e-10, 15), math.nan)
        period = np.append(2 - np.log(distance[:-1]) / 0.42 + 0.1 * seed, 1000.0)
        table = {"source": source, "seed": seed, "distance": distance, "period": period}
        table |= {"method": np.where(np.isnan(distance), "homoclinic orbit", "cycle")}
        table |= {"ln_det": 6 - 1.12 * period, "bound": 8.4 * period, "limit_of_ratio": 7.5}
        table |= {"bound_over_ln_det": 8.4 * period / (1.12 * period - 6)}
        certified = math.nan if source == "neuron" else 40 + 10 * seed
        table |= {"certified_over_ln_det": certified * period / (1.12 * period - 6)}
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def hodgkin_huxley():
    tables = []
    exponents = np.array([0.0, -0.18, -1.8, -8.2])
    for source, seed in (("neuron", 0), ("network", 0), ("network", 1)):
        row = {"current": 10.0, "source": source, "seed": seed, "status": "orbit"}
        multipliers = {"kind": "multiplier", "index": [1, 2, 3, 4]}
        multipliers |= {"exponent": exponents * (1 + 0.02 * seed)}
        multipliers |= {"relative_error": [math.nan, 0.05, 0.01, 0.002 * (1 + seed)]}
        known = math.nan if source == "neuron" else 1.0
        multipliers |= {"bound": 200 * known, "refined_bound": 110 * known}
        for name, end in {"lower": -9.5, "upper": 1.5}.items():
            multipliers |= {f"window_{name}": end * known, f"window_{name}_sampled": end}
        tables.append(pd.DataFrame(row | multipliers))
        time = np.linspace(0, 14.6 + 0.1 * seed, 50)
        potential = {"kind": "potential", "index": np.arange(50), "time": time}
        potential |= {"potential": -70 + 100 * np.exp(-((time - 12) ** 2))}
        tables.append(pd.DataFrame(row | potential))
    return pd.concat(tables, ignore_index=True)


def weight_growth():
    rows = []
    names = ["Adam", "SGD", "Levenberg-Marquardt"]
    for optimiser, shift, seed, step in product(names, [0.0, 1.0, 2.0], [0, 1], [0, 10, 1000]):
        row = {"optimiser": optimiser, "shift": shift, "seed": seed, "step": step}
        row |= {"minus_ln_delta": shift / (1 + step), "ln_weight_factor": np.log1p(step + seed)}
        rows.append(row | {"loss": 2 / (1 + step + shift + seed)})
    return pd.DataFrame(rows)


def trainable_steepness():
    rows = []
    for first, seed, step in product([0.3, 1.0, 10.0], [0, 1], [0, 10, 1000]):
        row = {"first_steepness": first, "seed": seed, "step": step}
        row |= {"steepness": first + np.log1p(step) / 10 + 0.1 * seed}
        row |= {"saturated_share": 0.4 + 0.3 * np.tanh(first - 1) / (1 + step)}
        rows.append(row | {"loss": (1 + first) / (1 + step + seed)})
    return pd.DataFrame(rows)


TABLES = [current_diagram, homoclinic_limit, hodgkin_huxley, weight_growth, trainable_steepness]
draw, drawn = drawing_of("open_questions", TABLES)
