"""Which condition on the activation closes the orbits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from neural_spectra.flows.integration_across_kinks import reference_solution
from neural_spectra.flows.skew_symmetry_theory import activation_properties
from neural_spectra.studies.rnn.planar_networks import planar_network
from neural_spectra.studies.tables import Computed

# An orbit closes if it comes back to its start up to this share of its extent.
CLOSED = 1e-3
# It has left its start once it is farther away than this share of its extent.
LEFT = 0.1


def closing_condition(
    *,
    activations: Sequence[str],
    omega: float,
    start: Sequence[float],
    duration: float,
    samples: int,
    points: int,
    rtol: float,
    atol: float,
) -> Computed:
    """Follow one orbit of each activation and see whether it comes back to its start.

    The residual is the largest drift of E along the orbits, relative to its start.

    Parameters
    ----------
    activations, omega, start, duration, rtol, atol
        See `neural_spectra.studies.rnn`.
    samples
        So many states of an orbit are computed, at equal steps of time.
    points
        So many of them are kept, to be drawn.

    Returns
    -------
    Computed
        ``closing_condition``: activation, odd, bounded, sign_condition, potential_unbounded,
        closes, return_distance (see `return_distance`), energy_drift, t, x, y.
    """
    tables, drifts = [], []
    times = np.linspace(0.0, duration, samples)
    shown = np.unique(np.linspace(0, samples - 1, points).round().astype(int))
    for name in activations:
        network = planar_network(name, omega)
        origin = np.asarray(start, dtype=float)
        states = reference_solution(network, origin, times, rtol, atol)
        energy = network.energy(states)
        drifts.append(float(np.abs(energy / energy[0] - 1).max()))
        distance = return_distance(states)
        columns = activation_properties(network.activation)._asdict() | {
            "activation": name,
            "closes": distance < CLOSED,
            "return_distance": distance,
            "energy_drift": drifts[-1],
            "t": times[shown],
            "x": states[shown, 0],
            "y": states[shown, 1],
        }
        tables.append(pd.DataFrame(columns))
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, {"energy_drift": max(drifts)})


def return_distance(states: np.ndarray) -> float:
    """Return how near an orbit comes to its start again, relative to its extent.

    It comes back only after it has left its start and turned around: an orbit whose distance from
    its start never stops growing has 1.
    """
    away = np.linalg.norm(states - states[0], axis=-1)
    extent = away.max()
    left = int(np.argmax(away > LEFT * extent))
    turning = np.flatnonzero(np.diff(away[left:]) < 0)
    turned = left + int(turning[0]) if turning.size else len(away) - 1
    nearest = turned + int(np.argmin(away[turned:]))
    # The distance of the start from the straight line between neighbouring samples.
    a, b = states[max(nearest - 1, 0)], states[min(nearest + 1, len(states) - 1)]
    along = (b - a) / np.linalg.norm(b - a)
    offset = states[0] - a
    across = np.linalg.norm(offset - (offset @ along) * along)
    inside = 0 <= offset @ along <= np.linalg.norm(b - a)
    return float((across if inside else away[nearest]) / extent)
