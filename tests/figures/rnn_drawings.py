"""Small tables in the shape of the real ones for Figs 1 to 5 of the study of RNNs, and drawings."""

import math
from itertools import product

import numpy as np
import pandas as pd
from drawings import drawing_of
from scipy.special import ellipkm1

SIGMA = {
    "identity": lambda z: z,
    "tanh": np.tanh,
    "hardtanh": lambda z: np.clip(z, -1, 1),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "relu": lambda z: np.maximum(z, 0),
}


def scaled_period(activation, amplitude):
    """Return ωT of the orbit through (amplitude / ω, 0); hard-tanh inside its clip or well out."""
    if activation == "tanh":
        return 4 * ellipkm1(np.cosh(amplitude) ** -2)
    clipped = activation == "hardtanh" and amplitude > 1
    return 4 * (amplitude + 0.5) if clipped else 2 * math.pi


def euler(activation, omega, h, steps, start, threshold=math.inf):
    """Integrate ẋ = σ(A x) by forward Euler, to the first state past the threshold."""
    path = [np.array(start)]
    while len(path) <= steps and np.hypot(*path[-1]) <= threshold:
        x, y = path[-1]
        path.append(path[-1] + h * SIGMA[activation](omega * np.array([y, -x])))
    x, y = np.array(path).T
    return {"t": h * np.arange(len(path)), "x": x, "y": y}


def level_sets():
    tables = []
    for level in [0.2, 1.5, 3.0]:
        intercept = math.acosh(math.exp(level))
        x = intercept * np.cos(np.linspace(0, 2 * math.pi, 101))
        y = np.arccosh(np.maximum(math.exp(level) / np.cosh(x), 1))
        y[51:] *= -1
        columns = {"level": level, "x": x, "y": y, "intercept": intercept, "extent": 5.0}
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def orbits():
    tables = []
    settings = [(1.0, 0.01, 18.0, 1.5), (1.0, 0.05, 60.0, 1.5), (5.0, 0.01, 12.0, 1.0)]
    for (row, (omega, h, duration, x)), activation in product(
        enumerate(settings), ["identity", "tanh", "hardtanh"]
    ):
        path = euler(activation, omega, h, round(duration / h), (x, 0.0))
        setting = {"row": row, "omega": omega, "h": h, "duration": duration}
        period = scaled_period(activation, omega * x) / omega
        names = {"activation": activation, "closed_period": period, "drift": 1.107 * h}
        tables.append(pd.DataFrame(setting | names | path))
    return pd.concat(tables, ignore_index=True)


def non_odd_activations():
    tables = []
    for omega, activation in product([2.0, 5.0, 10.0], ["tanh", "sigmoid", "relu"]):
        path = euler(activation, omega, 0.01, 2000, (-1.0, -0.5), threshold=20.0)
        setting = {"omega": omega, "activation": activation, "h": 0.01, "threshold": 20.0}
        tables.append(pd.DataFrame(setting | {"stopped": len(path["t"]) < 2001} | path))
    return pd.concat(tables, ignore_index=True)


def spectral_response():
    """Lines at the odd harmonics, falling as those of a triangle wave."""
    tables = []
    curves = [("identity", math.nan), ("tanh", math.nan), ("hardtanh", 10.0), ("hardtanh", 25.0)]
    frequency = np.linspace(0, 6, 301)
    for (activation, clip), omega in product(curves, [1.0, 5.0, 10.0, 15.0, 20.0, 25.0]):
        amplitude = omega / clip if activation == "hardtanh" else omega
        exact = omega / scaled_period(activation, amplitude)
        orders = np.array([1]) if exact == omega / (2 * math.pi) else np.arange(1, 20, 2)
        distances = (frequency[:, None] - orders * exact) / 0.02
        lines = (np.exp(-(distances**2)) / orders**2).sum(-1)
        names = {"activation": activation, "clip": clip, "omega": omega, "exact_frequency": exact}
        columns = {"frequency": frequency, "amplitude": lines + 1e-9}
        tables.append(pd.DataFrame(names | columns))
    return pd.concat(tables, ignore_index=True)


def euler_instability():
    """A growing amplitude whose line sinks; the fewer units, the faster."""
    tables = []
    for n in [2, 20, 40]:
        t, (times, frequency) = np.linspace(0, 100, 401), np.meshgrid(range(6, 95), range(129))
        signal = {"t": t, "frequency": math.nan, "value": (1 + 0.3 * t / n) * np.cos(0.8 * t + n)}
        frequency = frequency / 12.8
        power = (1 + 0.3 * times / n) ** 2 * np.exp(-(((frequency - 0.8 + times / 200) / 0.1) ** 2))
        image = {"t": times.ravel(), "frequency": frequency.ravel(), "value": power.ravel()}
        tables.append(pd.DataFrame({"kind": "signal", "n": n} | signal))
        tables.append(pd.DataFrame({"kind": "spectrogram", "n": n} | image))
    return pd.concat(tables, ignore_index=True)


def scaling_study():
    tables = []
    generator = np.random.default_rng(0)
    powers = {"frobenius norm": -0.5, "spectral radius": -0.1, "entries": 0.3}
    for form, (scaling, power), n in product(
        ["A sigma(x)", "sigma(A x)"], powers.items(), [2, 5, 20, 40]
    ):
        spread = generator.standard_normal(9)
        growth = 10 * (n / 2) ** power * np.exp(0.3 * spread)
        measured = {
            "growth": growth,
            "power": growth**2 / n,
            "entropy": 1.8 + n / 100 + 0.2 * spread,
        }
        columns = {"seed": range(9)} | measured
        tables.append(pd.DataFrame({"form": form, "scaling": scaling, "n": n} | columns))
    return pd.concat(tables, ignore_index=True)


TABLES = [
    level_sets,
    orbits,
    non_odd_activations,
    spectral_response,
    euler_instability,
    scaling_study,
]


draw, drawn = drawing_of("rnn", TABLES)
