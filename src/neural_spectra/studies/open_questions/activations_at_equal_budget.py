"""Whether the slopes of the activation or a Lipschitz constant decide what a network can express.

Networks of activations with sup|σ'| = 1 are trained on the Stuart–Landau field while the product of
their weights' spectral norms, a Lipschitz constant, is kept within a budget.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.unit_slope_activations import unit_slope_activation
from neural_spectra.bounds.spectral_norms import spectral_norm
from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.flows.shooting import PeriodicOrbits, refine_periodic_orbits
from neural_spectra.networks.gradient_descent import OptimiserName, followed
from neural_spectra.networks.initialisation import initialise, sample_ball
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.open_questions.defects import defects
from neural_spectra.studies.open_questions.saturated_units import mean_slopes
from neural_spectra.studies.residuals import merged
from neural_spectra.studies.tables import Computed, tabulated

DATA_SEED = 0
# A training has come to its end if the loss has reached the target, or has fallen in the last stage
# by no more than this share of it.
FALLING = 0.2


def activations_at_equal_budget(
    *,
    activations: Sequence[str],
    budgets: Sequence[float],
    hidden: int,
    seeds: Sequence[int],
    radius: float,
    points: int,
    target: float,
    optimiser: OptimiserName,
    stages: Sequence[Mapping[str, float]],
    cycles: Mapping[str, Any],
) -> Computed:
    """Train networks of each activation within each budget, and find their own cycles.

    Parameters
    ----------
    activations
        Names of `unit_slope_activations`.
    budgets
        What the product of the weights' spectral norms may be at most.
    hidden
        Number of units of the hidden layer.
    seeds
        The replicates, each of which starts from the same weights for every activation.
    radius, points
        The disc that points are drawn from.
    target
        The loss at which a training need not go on.
    optimiser
        See `followed`.
    stages
        ``learning_rate`` and ``steps`` of one stage of the training after the other.
    cycles
        ``duration`` and ``step`` of the simulation whose last turn is taken as a guess, number of
        ``segments``, and the solver's ``tolerance``.

    Returns
    -------
    Computed
        ``activations_at_equal_budget``, a row for each activation, budget and seed.
    """
    system = StuartLandau()
    x = sample_ball(points, 2, radius, torch.Generator().manual_seed(DATA_SEED))
    limits = torch.tensor(budgets, dtype=torch.float64).repeat_interleave(len(seeds))
    tables, residuals = [], []
    for name in activations:
        start = _repeated(initialise(2, [hidden], seeds, unit_slope_activation(name)), len(budgets))
        network, losses = start, []
        for stage in stages:
            (*_, last) = followed(
                network,
                x,
                system(x),
                optimiser=optimiser,
                learning_rate=stage["learning_rate"],
                steps=[0, int(stage["steps"])],
                projection=partial(within_budget, limits),
            )
            network = last.network
            losses.append(last.losses)
        orbits = cycles_around_the_origin(network, system.radius, **cycles)
        found = orbits.multipliers()
        ln_det = orbits.propagators.log_determinant
        error = (ln_det / system.log_determinant - 1).abs().log()
        attracts = (orbits.status == Status.ORBIT) & (ln_det < 0)
        columns = {
            "lipschitz_bound": _lipschitz_bound(network),
            "mean_slope": mean_slopes(network, x)[:, 0],
            "loss": losses[-1],
            "target_met": losses[-1] <= target,
            "finished": (losses[-1] <= target) | (losses[-1] >= (1 - FALLING) * losses[-2]),
            "attracting_cycle": attracts,
            "period": orbits.period,
            "ln_det": ln_det,
            "ln_error": error.where(attracts, torch.nan),
            "error_estimate": found.error_estimate[:, 1],
        }
        columns = {key: values.reshape(len(budgets), len(seeds)) for key, values in columns.items()}
        axes = {"budget": budgets, "seed": seeds}
        tables.append(tabulated(axes, columns, activation=name))
        residuals.append(defects(orbits, found))
    table = pd.concat(tables, ignore_index=True)
    unfinished = {"share_unfinished": 1 - float(table["finished"].mean())}
    return Computed(table, merged(residuals) | unfinished)


def within_budget(budgets: Float[Tensor, " batch"], network: Network) -> Network:
    """Shrink all weights of a network by one factor, if the product of their norms is too large."""
    factor = (budgets / _lipschitz_bound(network)).clamp(max=1) ** (1 / len(network.weights))
    weights = tuple(weight * factor[:, None, None] for weight in network.weights)
    return replace(network, weights=weights)


def cycles_around_the_origin(
    network: Network,
    radius: float,
    *,
    duration: float,
    step: float,
    segments: int,
    tolerance: float,
) -> PeriodicOrbits:
    """Look for the cycle that a simulation of each network goes towards.

    The search for close returns goes on until it has told rest from a slow approach, which takes
    long where there is hardly a cycle. Newton's method tells sooner whether there is one near the
    last turn.

    Parameters
    ----------
    radius
        Distance of the start from the origin.
    duration, step
        Of the simulation.
    segments
        Number of points on a cycle.
    tolerance
        Relative and absolute, of the solver, in units of each component's range.
    """
    start = torch.tensor([[radius, 0.0]], dtype=torch.float64)
    start = start.expand(*network.batch_shape, 1, 2)
    trajectory = simulate(network, start, duration, step).squeeze(2)
    turns = _turns(trajectory)
    last = turns[-1] - turns >= 1
    # Where there is no full turn, all of the trajectory is a guess that Newton's method rejects.
    first = (last.int().cumsum(0).argmax(0)).where(last.any(0), 0)
    steps = len(trajectory) - 1 - first
    places = first + steps * torch.arange(segments)[:, None] / segments
    members = torch.arange(trajectory.shape[1])
    points = trajectory[places.round().long(), members].movedim(0, 1)
    return refine_periodic_orbits(network, points, steps.double() * step, tolerance, tolerance)


def _turns(trajectory: Float[Tensor, "times batch two"]) -> Float[Tensor, "times batch"]:
    """Return how often a trajectory has gone round the origin, by its modulus."""
    before, after = trajectory[:-1], trajectory[1:]
    across = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    angles = torch.atan2(across, (before * after).sum(-1)) / (2 * math.pi)
    return torch.nn.functional.pad(angles.cumsum(0).abs(), (0, 0, 1, 0))


def _repeated(network: Network, times: int) -> Network:
    """Return all networks of a batch, as often as asked for."""
    weights = tuple(weight.repeat(times, 1, 1) for weight in network.weights)
    return replace(
        network, weights=weights, biases=tuple(b.repeat(times, 1) for b in network.biases)
    )


def _lipschitz_bound(network: Network) -> Float[Tensor, " batch"]:
    return torch.stack([spectral_norm(weight) for weight in network.weights]).prod(0)
