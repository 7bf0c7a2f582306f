"""Simulated periods and harmonics against their closed forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.integration_across_kinks import reference_solution
from neural_spectra.flows.signal_spectra import harmonic_amplitudes
from neural_spectra.networks.recurrent_networks import Form, RecurrentNetwork, planar
from neural_spectra.studies.rnn.planar_networks import HARMONICS, INTERCEPTS, PERIODS
from neural_spectra.studies.tables import Computed

SAMPLES = 1024
NEWTON_STEPS = 2


def periods(
    *,
    forms: Sequence[Form],
    activations: Sequence[str],
    omegas: Sequence[float],
    levels: Sequence[float],
    harmonics: int,
    rtol: float,
    atol: float,
) -> Computed:
    """Hold simulated periods and harmonics of x_1 against the closed forms.

    Parameters
    ----------
    forms, activations, omegas, levels, rtol, atol
        See `neural_spectra.studies.rnn`.
    harmonics
        So many odd harmonics are compared.

    Returns
    -------
    Computed
        ``periods``: form, activation, omega, level, period_exact, period_simulated,
        relative_error, harmonic_error (the largest error of the first odd harmonics, relative to
        the fundamental).
    """
    rows = []
    for form, name, omega, level in product(forms, activations, omegas, levels):
        network = RecurrentNetwork(planar(omega), scalar_activation(name), form)
        amplitude = float(INTERCEPTS[name](omega, level))
        # x of the form A σ(x) is A x of the other one.
        scale = 1.0 if form == "sigma(A x)" else omega
        start = scale * np.array([amplitude, 0.0])
        exact = float(PERIODS[name](omega, level))
        simulated = _period(network, start, exact, rtol, atol)
        times = simulated / SAMPLES * np.arange(SAMPLES)
        signal = reference_solution(network, start, times, rtol, atol)[:, 0] / scale
        lines = harmonic_amplitudes(signal, 2 * harmonics)[::2]
        expected = HARMONICS[name](omega, level, harmonics)
        rows.append(
            {
                "form": form,
                "activation": name,
                "omega": omega,
                "level": level,
                "period_exact": exact,
                "period_simulated": simulated,
                "relative_error": abs(simulated / exact - 1),
                # Lines of a nearly linear orbit lie below the rounding of the largest one.
                "harmonic_error": float(np.abs(lines - expected).max() / expected[0]),
            }
        )
    table = pd.DataFrame(rows)
    errors = ["relative_error", "harmonic_error"]
    return Computed(table, {name: float(table[name].max()) for name in errors})


def period_backbone(
    periods: pd.DataFrame, *, activations: Sequence[str], levels: Sequence[float]
) -> pd.DataFrame:
    """Set the exact curve ωT against the amplitude beside the simulated points.

    Returns
    -------
    pandas.DataFrame
        ``period_backbone``: activation, kind, level, amplitude (ωx where y = 0), scaled_period,
        relative_error (NaN on the exact curve).
    """
    tables = []
    for name in activations:
        grid = np.asarray(levels)
        columns = {"activation": name, "kind": "exact", "level": grid}
        exact = {
            "amplitude": INTERCEPTS[name](1.0, grid),
            "scaled_period": PERIODS[name](1.0, grid),
        }
        tables.append(pd.DataFrame(columns | exact | {"relative_error": math.nan}))
    points = periods.query("form == 'sigma(A x)' and activation in @activations")
    amplitudes = [
        float(INTERCEPTS[name](1.0, level))
        for name, level in zip(points["activation"], points["level"], strict=True)
    ]
    simulated = points[["activation", "level", "relative_error"]].assign(
        kind="simulated",
        amplitude=amplitudes,
        scaled_period=points["omega"] * points["period_simulated"],
    )
    return pd.concat([*tables, simulated], ignore_index=True)


def _period(
    network: RecurrentNetwork, start: np.ndarray, guess: float, rtol: float, atol: float
) -> float:
    """Find when the orbit crosses y = 0 near ``guess`` again, by Newton's method on the flow."""
    period = guess
    for _ in range(NEWTON_STEPS):
        end = reference_solution(network, start, np.array([0.0, period]), rtol, atol)[-1]
        period -= float(end[1] / network(end)[1])
    return period
