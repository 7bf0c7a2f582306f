"""Where "stability improves with n" holds: growth, power, entropy and exponents over seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.flows.lyapunov_of_recurrent_networks import largest_lyapunov_exponent
from neural_spectra.flows.recurrent_integrators import simulate
from neural_spectra.flows.signal_spectra import spectral_entropy
from neural_spectra.networks.recurrent_networks import Form, RecurrentNetwork, random_skew_symmetric
from neural_spectra.studies.tables import Computed, tabulated

# The energy is looked at after every so many steps.
ENERGY_STEPS = 100


def random_starts(n: int, seeds: Sequence[int]) -> np.ndarray:
    """Draw a start for each seed, of standard normal numbers."""
    draws = [np.random.default_rng([seed, n, 1]).standard_normal(n) for seed in seeds]
    return np.stack(draws)


@dataclass(frozen=True)
class Ensemble:
    """Random networks, and how each of them is followed.

    Parameters
    ----------
    forms, activation, sizes, step, duration
        See `neural_spectra.studies.rnn`.
    scalings
        The size that matrices have, for each way to scale them.
    seeds
        The seeds of the matrices and of their starts.
    """

    forms: Sequence[Form]
    scalings: Mapping[str, float]
    activation: str
    sizes: Sequence[int]
    seeds: Sequence[int]
    step: float
    duration: float

    def measured(
        self, measure: Callable[[RecurrentNetwork, np.ndarray], dict[str, np.ndarray]]
    ) -> pd.DataFrame:
        """Measure all scalings and seeds of one form and size at once, and give a row to each."""
        tables = []
        for form, n in product(self.forms, self.sizes):
            draws = [random_skew_symmetric(n, self.seeds, *pair) for pair in self.scalings.items()]
            network = RecurrentNetwork(np.stack(draws), scalar_activation(self.activation), form)
            starts = np.broadcast_to(random_starts(n, self.seeds), network.matrix.shape[:-1])
            axes = {"scaling": list(self.scalings), "seed": self.seeds}
            tables.append(tabulated(axes, measure(network, starts), form=form, n=n))
        table = pd.concat(tables, ignore_index=True)
        return table[["form", "scaling", "n", "seed", *table.columns[4:]]]


def scaling_study(ensemble: Ensemble) -> Computed:
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
    steps = round(ensemble.duration / ensemble.step)

    def measure(network: RecurrentNetwork, starts: np.ndarray) -> dict[str, np.ndarray]:
        states = simulate(network, starts, ensemble.step, steps).states
        norms = np.linalg.norm(states[[0, -1]], axis=-1)
        energy = network.energy(states[::ENERGY_STEPS])
        decreases.append(float((1 - energy[1:] / energy[:-1]).max(initial=0.0)))
        signal = np.moveaxis(states[..., 0], 0, -1)
        return {
            "growth": norms[1] / norms[0],
            "power": np.square(signal).mean(axis=-1),
            "entropy": spectral_entropy(signal),
        }

    return Computed(ensemble.measured(measure), {"largest_energy_decrease": max(decreases)})


def lyapunov(ensemble: Ensemble) -> Computed:
    """Largest Lyapunov exponent of the flow (not of Euler's map).

    Every seed draws its tangent vectors from a generator of its own, so that it has the same ones
    whichever others it is computed with.

    Returns
    -------
    Computed
        ``lyapunov``: form, scaling, n, seed, exponent, error_estimate.
    """
    steps = 10 * round(ensemble.duration / ensemble.step / 10)

    def measure(network: RecurrentNetwork, starts: np.ndarray) -> dict[str, np.ndarray]:
        scaled, _, n = starts.shape
        generators = [np.random.default_rng([seed, n, 2]) for seed in ensemble.seeds]
        draws = [generator.standard_normal((scaled, n)) for generator in generators]
        directions = np.stack(draws, axis=1)
        exponent, error = largest_lyapunov_exponent(
            network, starts, directions, ensemble.step, steps
        )
        return {"exponent": exponent, "error_estimate": error}

    table = ensemble.measured(measure)
    return Computed(table, {"largest_error_estimate": float(table["error_estimate"].max())})
