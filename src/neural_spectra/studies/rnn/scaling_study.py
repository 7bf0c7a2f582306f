"""Where "stability improves with n" holds: growth, power, entropy and exponents over seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.lyapunov_of_recurrent_networks import largest_lyapunov_exponent
from neural_spectra.flows.recurrent_integrators import simulate
from neural_spectra.flows.signal_spectra import spectral_entropy
from neural_spectra.networks.recurrent_networks import Form, RecurrentNetwork, random_skew_symmetric
from neural_spectra.studies.tables import Computed

# The energy is looked at after every so many steps.
ENERGY_STEPS = 100


def random_starts(n: int, seeds: Sequence[int]) -> np.ndarray:
    """Draw a start for each seed, of standard normal numbers."""
    draws = [np.random.default_rng([seed, n, 1]).standard_normal(n) for seed in seeds]
    return np.stack(draws)


def scaling_study(
    *,
    forms: Sequence[Form],
    scalings: Mapping[str, float],
    activation: str,
    sizes: Sequence[int],
    seeds: Sequence[int],
    step: float,
    duration: float,
) -> Computed:
    """Growth |x(T)|/|x(0)| under forward Euler, and the power and spectral entropy of x_1.

    The exact flow conserves E, so growth is Euler's doing. The residual is the largest relative
    decrease of E in a hundred steps: there is none, as Euler never lowers E for a monotone σ.

    Returns
    -------
    Computed
        ``scaling_study``: form, scaling, n, seed, growth, power (mean of x_1² over the run),
        entropy.
    """
    decreases = [0.0]
    steps = round(duration / step)

    def measure(network: RecurrentNetwork, starts: np.ndarray) -> dict[str, np.ndarray]:
        states = simulate(network, starts, step, steps).states
        norms = np.linalg.norm(states[[0, -1]], axis=-1)
        energy = network.energy(states[::ENERGY_STEPS])
        decreases.append(float((1 - energy[1:] / energy[:-1]).max(initial=0.0)))
        signal = np.moveaxis(states[..., 0], 0, -1)
        return {
            "growth": norms[1] / norms[0],
            "power": np.square(signal).mean(axis=-1),
            "entropy": spectral_entropy(signal),
        }

    table = _over_networks(measure, forms, scalings, activation, sizes, seeds)
    return Computed(table, {"largest_energy_decrease": max(decreases)})


def lyapunov(
    *,
    forms: Sequence[Form],
    scalings: Mapping[str, float],
    activation: str,
    sizes: Sequence[int],
    seeds: Sequence[int],
    step: float,
    duration: float,
) -> Computed:
    """Largest Lyapunov exponent of the flow (not of Euler's map).

    Every seed draws its tangent vectors from a generator of its own, so that it has the same ones
    whichever others it is computed with.

    Returns
    -------
    Computed
        ``lyapunov``: form, scaling, n, seed, exponent, error_estimate.
    """

    def measure(network: RecurrentNetwork, starts: np.ndarray) -> dict[str, np.ndarray]:
        steps = 10 * round(duration / step / 10)
        scaled, _, n = starts.shape
        draws = [np.random.default_rng([seed, n, 2]).standard_normal((scaled, n)) for seed in seeds]
        directions = np.stack(draws, axis=1)
        exponent, error = largest_lyapunov_exponent(network, starts, directions, step, steps)
        return {"exponent": exponent, "error_estimate": error}

    table = _over_networks(measure, forms, scalings, activation, sizes, seeds)
    return Computed(table, {"largest_error_estimate": float(table["error_estimate"].max())})


def _over_networks(
    measure: Callable[[RecurrentNetwork, np.ndarray], dict[str, np.ndarray]],
    forms: Sequence[Form],
    scalings: Mapping[str, float],
    activation: str,
    sizes: Sequence[int],
    seeds: Sequence[int],
) -> pd.DataFrame:
    """Measure all scalings and seeds of one form and size at once."""
    tables = []
    for form, n in product(forms, sizes):
        matrices = np.stack([random_skew_symmetric(n, seeds, *pair) for pair in scalings.items()])
        network = RecurrentNetwork(matrices, scalar_activation(activation), form)
        starts = np.broadcast_to(random_starts(n, seeds), matrices.shape[:-1])
        measured = measure(network, starts)
        for k, scaling in enumerate(scalings):
            columns = {"form": form, "scaling": scaling, "n": n, "seed": seeds}
            values = {name: array[k] for name, array in measured.items()}
            tables.append(pd.DataFrame(columns | values))
    return pd.concat(tables, ignore_index=True)
