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


def morris_lecar():
    tables = []
    times = np.linspace(0, 300, 40)
    for name, protocol in product(["hopf", "homoclinic"], ["single", "multiple"]):
        run = {
            "protocol": protocol,
            "set": name,
            "time": times,
            "potential": 40 * np.cos(times / 16),
        }
        tables += [pd.DataFrame({"shows": shows} | run) for shows in ("data", "run")]
        tables[-1]["network"] = "tanh"
        for network, seed, step in product(["tanh", "silu"], [0, 1], [0, 10, 1000]):
            row = {"shows": "network", "protocol": protocol, "set": name, "network": network}
            row |= {"seed": seed, "step": step, "mse_potential": 1000 / (1 + step + seed)}
            row |= {"ln_det": -7.0 - seed if step else math.nan, "mean_slope": 0.8 - seed / 10}
            cycle = name == "hopf"
            row |= {"target_ln_det": -8.8 if cycle else math.nan}
            row |= {"bound_over_target": 2.0 + step if cycle else math.nan}
            tables.append(pd.DataFrame([row]))
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
    systems = ["stuart_landau", "morris_lecar"]
    for system, optimiser, shift, seed, step in product(
        systems, names, [0.0, 1.0, 2.0], [0, 1], [0, 10, 1000]
    ):
        row = {"system": system, "optimiser": optimiser, "shift": shift, "seed": seed, "step": step}
        row |= {"minus_ln_delta": shift / (1 + step), "ln_weight_factor": np.log1p(step + seed)}
        rows.append(row | {"loss": 2 / (1 + step + shift + seed)})
    return pd.DataFrame(rows)


def batch_normalisation():
    rows = []
    for normalised, seed, layer, radius in product([False, True], [0, 1], [1, 2], [1.0, 8.0, 64.0]):
        row = {"normalised": normalised, "seed": seed, "layer": layer, "radius": radius}
        row |= {"minus_ln_delta_arc": (radius / 10) ** (2 - normalised) / layer + 0.01 * seed}
        row |= {"saturated_share": 1 - 0.9 / radius, "saturated_on_data": 0.1 * layer}
        rows.append(row)
    return pd.DataFrame(rows)


def learning_and_radius():
    axes = [2, 8, 32], [10, 32], ["tanh", "relu"], ["plain", "skip"], [0.5, 1.0, 1.5], [0, 1]
    table = pd.DataFrame(
        product(*axes), columns=["depth", "width", "activation", "connections", "gain", "seed"]
    )
    table["radius"] = table["gain"] ** table["depth"] * (1 + 0.1 * table["seed"])
    exploding = (table["activation"] == "relu") & (table["connections"] == "skip")
    table["loss"] = np.where(exploding, table["radius"] ** 4 + 1, 0.2 + 0.01 * table["depth"])
    return table.assign(target=0.2)


def depth_attenuation():
    rows = []
    for layers, seed, delta in product([1, 3], [0, 1], [1.0, 0.1, 1e-3]):
        for q in range(layers + 1):
            slack = 2.0**layers * (1 + 0.2 * seed)
            row = {"layers": layers, "saturated": q, "seed": seed, "delta": delta}
            row |= {"bound": 1.1**layers * delta**q, "slack": slack}
            row |= {"slack_per_layer": slack ** (1 / layers)}
            rows.append(row | {"jacobian_norm": row["bound"] / slack})
    return pd.DataFrame(rows)


def activations_at_equal_budget():
    rows = []
    for (k, name), budget, seed in product(enumerate(["tanh", "silu"]), [3.0, 6.0, 12.0], [0, 1]):
        row = {"activation": name, "budget": budget, "seed": seed}
        row |= {"mean_slope": 0.9 - budget / 20 + k / 10, "attracting_cycle": budget > 3}
        error = -budget / 4 + 0.1 * seed if budget > 3 else math.nan
        rows.append(row | {"ln_error": error})
    return pd.DataFrame(rows)


def slopes_or_budget():
    rows = []
    names = ["budget", "activation", "activation rather than budget"]
    for budgets, response, (k, name) in product(
        ["all", "3 and 6"], ["attracting_cycle", "ln_error"], enumerate(names)
    ):
        middle = 0.7 - 0.6 * k
        row = {"response": response, "comparison": name, "explained": middle, "budgets": budgets}
        rows.append(row | {"lowest": middle - 0.1, "highest": middle + 0.05})
    return pd.DataFrame(rows)


def trainable_steepness():
    rows = []
    for first, seed, step in product([0.3, 1.0, 10.0], [0, 1], [0, 10, 1000]):
        row = {"first_steepness": first, "seed": seed, "step": step}
        row |= {"steepness": first + np.log1p(step) / 10 + 0.1 * seed}
        row |= {"saturated_share": 0.4 + 0.3 * np.tanh(first - 1) / (1 + step)}
        row |= {"ln_det": -4 * np.pi - 1 / (1 + step) if step else np.nan}
        rows.append(row | {"loss": (1 + first) / (1 + step + seed)})
    return pd.DataFrame(rows)


TABLES = [
    current_diagram,
    morris_lecar,
    homoclinic_limit,
    hodgkin_huxley,
    weight_growth,
    batch_normalisation,
    learning_and_radius,
    depth_attenuation,
    activations_at_equal_budget,
    slopes_or_budget,
    trainable_steepness,
]
draw, drawn = drawing_of("open_questions", TABLES)
