"""Figs 4 and 5: what frequencies the networks generate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.recurrent_integrators import simulate
from neural_spectra.flows.signal_spectra import (
    amplitude_spectrum,
    peak_frequency,
    require_sampling,
    spectrogram,
)
from neural_spectra.networks.recurrent_networks import Form, RecurrentNetwork, random_skew_symmetric
from neural_spectra.studies.rnn.planar_networks import exact_period, planar_network
from neural_spectra.studies.rnn.scaling_study import random_starts
from neural_spectra.studies.tables import Computed, tabulated


def spectral_response(
    *,
    curves: Sequence[Mapping[str, Any]],
    omegas: Sequence[float],
    start: Sequence[float],
    step: float,
    every: int,
    duration: float,
    highest_frequency: float,
) -> Computed:
    """Fig. 4: amplitude spectra of x_1 of the planar network for several frequencies.

    The residual is the largest relative distance of the highest line from the exact fundamental.

    Parameters
    ----------
    curves
        Pairs of ``activation`` and ``level``, which is where hard-tanh clips.
    omegas, start, step, duration
        See `neural_spectra.studies.rnn`.
    every
        One in so many states is a sample.
    highest_frequency
        Up to which amplitudes are kept, in Hz.

    Returns
    -------
    Computed
        ``spectral_response``: activation, clip, omega, frequency, amplitude, exact_frequency (of
        the flow), peak_frequency (of the highest line).
    """
    rate = 1 / (step * every)
    require_sampling(rate, max(omegas))
    tables = []
    for curve in curves:
        name, clip = curve["activation"], curve["level"]
        network = planar_network(name, omegas, clip)
        steps = every * round(duration / step / every)
        run = simulate(network, np.array(start), step, steps, method="rk4", every=every)
        frequencies, amplitudes = amplitude_spectrum(run.states[:-1, :, 0].T, rate)
        peaks = peak_frequency(frequencies, amplitudes)
        shown = frequencies <= highest_frequency
        for k, omega in enumerate(omegas):
            columns = {
                "activation": name,
                "clip": clip if name == "hardtanh" else math.nan,
                "omega": omega,
                "frequency": frequencies[shown],
                "amplitude": amplitudes[k, shown],
                "exact_frequency": 1 / exact_period(name, omega, start, clip),
                "peak_frequency": peaks[k],
            }
            tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True)
    error = (table["peak_frequency"] / table["exact_frequency"] - 1).abs().max()
    return Computed(table, {"peak_frequency_error": float(error)})


def euler_instability(
    *,
    form: Form,
    activation: str,
    sizes: Sequence[int],
    scaling: str,
    size: float,
    seed: int,
    planar_start: Sequence[float],
    step: float,
    duration: float,
    window: int,
    hop: int,
) -> Computed:
    """Fig. 5: the output x_1 and its short-time spectrum for several numbers of neurons n.

    Large networks are chaotic, so that rounding grows. The residual is by how much, relative to the
    largest output, x_1 changes if the start changes in its last digit.

    Parameters
    ----------
    form, activation, sizes, scaling, size, step, duration
        See `neural_spectra.studies.rnn`.
    seed
        Of the matrices, and of the starts for n > 2.
    planar_start
        The start for n = 2.
    window, hop
        Samples of a short-time spectrum, and from one spectrum to the next.

    Returns
    -------
    Computed
        ``euler_instability``: kind (signal or spectrogram), n, t, frequency, value.
    """
    tables, changes = [], []
    steps = round(duration / step)
    for n in sizes:
        matrix = random_skew_symmetric(n, [seed], scaling, size)
        network = RecurrentNetwork(matrix, scalar_activation(activation), form)
        start = np.array([planar_start], dtype=float) if n == 2 else random_starts(n, [seed])
        run = simulate(network, np.concatenate((start, np.nextafter(start, np.inf))), step, steps)
        signal, neighbour = run.states[:, :, 0].T
        changes.append(np.abs(neighbour - signal).max() / np.abs(signal).max())
        columns = {"kind": "signal", "n": n, "t": run.times, "frequency": math.nan, "value": signal}
        tables.append(pd.DataFrame(columns))
        times, frequencies, power = spectrogram(signal, 1 / step, window, hop)
        grid = {"frequency": frequencies.tolist(), "t": times.tolist()}
        tables.append(tabulated(grid, {"value": power}, kind="spectrogram", n=n))
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, {"change_by_rounding": float(max(changes))})
