"""Small tables in the shape of the real ones for the figures of the theory behind the RNNs."""

import math
from itertools import product

import numpy as np
import pandas as pd
from drawings import drawing_of
from scipy.special import ellipe, ellipkm1


def tanh_period(level):
    return 4 * ellipkm1(np.exp(-2 * level))


def hard_tanh_period(level):
    s = np.sqrt(np.maximum(2 * level - 1, 0))
    return np.where(level < 1, 2 * math.pi + 8 * (s - np.arctan(s)), 4 * (level + 1))


def period_backbone():
    tables = []
    periods = {"tanh": tanh_period, "hardtanh": hard_tanh_period}
    for (activation, period), (kind, count) in product(
        periods.items(), {"exact": 60, "simulated": 9}.items()
    ):
        level = np.geomspace(0.01, 10, count)
        tanh_amplitude = np.arccosh(np.exp(level))
        hard_tanh_amplitude = np.where(level < 0.5, np.sqrt(2 * level), level + 0.5)
        amplitude = tanh_amplitude if activation == "tanh" else hard_tanh_amplitude
        error = 1e-13 * (1 + level) * np.arange(count)
        columns = {"level": level, "amplitude": amplitude, "scaled_period": period(level)}
        constants = {"activation": activation, "kind": kind}
        missing = math.nan if kind == "exact" else error
        tables.append(pd.DataFrame(constants | columns | {"relative_error": missing}))
    return pd.concat(tables, ignore_index=True)


def drift_map():
    """Euler's relative drift in a turn from (1, 0); hard-tanh has no law where 1/2 < ℓ < 1."""
    rows = []
    for omega, h in product(np.geomspace(0.5, 25, 12), np.geomspace(0.001, 0.3, 10)):
        hw = h * omega
        m = np.exp(-2 * np.log(np.cosh(omega)))
        tanh = 4 * hw * (ellipe(1 - m) - m * ellipkm1(m)) / np.log(np.cosh(omega))
        level = omega**2 / 2 if omega < 1 else omega - 0.5
        large = 4 * hw / level
        hard_tanh = 2 * math.pi * hw if level < 0.5 else large if level > 1 else math.nan
        laws = {"identity": 2 * math.pi * hw, "tanh": tanh, "hardtanh": hard_tanh}
        for activation, law in laws.items():
            linear = (1 + hw**2) ** (2 * math.pi / np.arctan(hw)) - 1
            drift = linear if activation == "identity" else (5 * hw if math.isnan(law) else law)
            row = {"activation": activation, "omega": omega, "h": h}
            rows.append(row | {"drift": math.nan if drift > 50 else drift, "predicted": law})
    return pd.DataFrame(rows)


def lyapunov():
    rows = []
    generator = np.random.default_rng(0)
    scalings = {"frobenius norm": 0.5, "spectral radius": 1.0, "entries": 1.4}
    for form, (scaling, size), n in product(
        ["sigma(A x)", "A sigma(x)"], scalings.items(), [2, 3, 5, 10, 20, 40]
    ):
        for seed in range(16):
            chaos = 0.04 * size * math.log(n / 3) if n > 3 else 0
            exponent = chaos * generator.uniform(0.5, 1.5) + generator.normal(scale=0.002)
            row = {"form": form, "scaling": scaling, "n": n, "seed": seed}
            rows.append(row | {"exponent": exponent, "error_estimate": 0.01})
    return pd.DataFrame(rows)


def euler_limit_cycle():
    rows = []
    for (omega, h), activation, ratio, start in product(
        [(1.0, 0.05), (5.0, 0.01), (5.0, 0.1)],
        ["tanh", "hardtanh"],
        [0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 1.05, 1.2],
        ["inside", "outside"],
    ):
        seen = ratio < 1
        amplitude = (1 / ratio - 1) ** 0.5 + (0.5 if activation == "hardtanh" else 0)
        threshold = (1 - math.sqrt(1 - (h * omega) ** 2)) / h
        row = {"activation": activation, "omega": omega, "h": h, "gamma": ratio * threshold}
        result = {"amplitude": amplitude / omega if seen else 1e-5, "seen": seen}
        rows.append(row | {"threshold": threshold, "start": start} | result)
    return pd.DataFrame(rows)


def integrators():
    rows = []
    methods = {  # order, evaluations per step, relative drift at h = 1
        "euler": (1, 1, 2.0),
        "rk4": (4, 4, 0.03),
        "implicit midpoint": (2, 6, 0.1),
        "average vector field": (math.nan, 9, 1e-15),
    }
    for activation, (name, (order, work, drift)), h in product(
        ["identity", "tanh", "hardtanh"], methods.items(), np.geomspace(0.01, 0.32, 6)
    ):
        kinked = 2 if activation == "hardtanh" and name == "rk4" else order
        exact = math.isnan(order) or (activation, name) == ("identity", "implicit midpoint")
        row = {"activation": activation, "integrator": name, "h": h, "evaluations": work / h}
        drifted = 2e-16 * round(3 * h, 1) if exact else drift * h**kinked
        rows.append(row | {"drift": drifted, "order": math.nan if exact else kinked})
    return pd.DataFrame(rows)


ACTIVATIONS = {  # σ, odd, bounded, zσ(z) > 0, Φ → ∞
    "identity": (lambda z: z, True, False, True, True),
    "tanh": (np.tanh, True, True, True, True),
    "hardtanh": (lambda z: np.clip(z, -1, 1), True, True, True, True),
    "leaky_relu_0.1": (lambda z: np.where(z > 0, z, 0.1 * z), False, False, True, True),
    "elu": (lambda z: np.where(z > 0, z, np.expm1(z)), False, False, True, True),
    "shifted_softplus": (lambda z: np.logaddexp(0, z) - math.log(2), False, False, True, True),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), False, True, False, False),
    "relu": (lambda z: np.maximum(z, 0), False, False, False, False),
    "bump": (lambda z: z * np.exp(-(z**2)), True, True, True, False),
}


def closing_condition():
    tables = []
    for name, (function, odd, bounded, sign, unbounded) in ACTIVATIONS.items():
        x, path, h = np.array([2.0, 1.0]), [], 0.04
        for _ in range(1000):
            path.append(x)
            half = x + h / 2 * function(np.array([x[1], -x[0]]))
            x = x + h * function(np.array([half[1], -half[0]]))
        properties = {"odd": odd, "bounded": bounded, "sign_condition": sign}
        verdict = {"potential_unbounded": unbounded, "closes": sign and unbounded}
        points = np.array(path)
        columns = {"t": h * np.arange(1000), "x": points[:, 0], "y": points[:, 1]}
        tables.append(pd.DataFrame({"activation": name} | properties | verdict | columns))
    return pd.concat(tables, ignore_index=True)


TABLES = [
    period_backbone,
    drift_map,
    lyapunov,
    euler_limit_cycle,
    integrators,
    closing_condition,
]


draw, drawn = drawing_of("rnn", TABLES)
