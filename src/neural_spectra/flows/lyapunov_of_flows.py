"""Lyapunov exponents, and the growth of small displacements, along trajectories of any kind."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.given_fields import as_field
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.monodromy import Propagators, propagate_from
from neural_spectra.flows.reference_systems import Field
from neural_spectra.networks.random_numbers_on_any_device import normal


def propagate_trajectory(
    field: Field,
    start: Float[Tensor, "*batch dimension"],
    duration: float,
    segments: int,
    rtol: float,
    atol: float,
) -> tuple[Propagators, Float[Tensor, "*batch segments dimension"]]:
    """Solve the variational equation along the trajectories from ``start``, cut into segments.

    The trajectory is found first, so that all its segments can then be solved at once.

    Parameters
    ----------
    field
        The batch of vector fields.
    start
        States at time 0.
    duration, segments
        Time of the whole trajectory, and the number of equal segments that it is cut into.
    rtol, atol
        Tolerances of the solver.

    Returns
    -------
    Propagators, Tensor
        The propagator of each segment, and the points where the segments start.
    """
    field = as_field(field)
    times = duration / segments * torch.arange(segments, dtype=torch.float64)

    def derivative(_: Tensor, x: Tensor) -> Tensor:
        return field(x.unsqueeze(-2)).squeeze(-2)

    points = integrate(derivative, start, times, rtol, atol).movedim(0, -2)
    durations = torch.full(points.shape[:-1], duration / segments, dtype=torch.float64)
    return propagate_from(field, points, durations, rtol, atol)[0], points


def lyapunov_exponents(
    propagators: Propagators, duration: float, generator: torch.Generator
) -> Float[Tensor, "*batch dimension"]:
    """Return the finite-time Lyapunov exponents over ``duration``, from a random orthogonal frame.

    Benettin, Galgani, Giorgilli and Strelcyn (1980): the frame is carried through the segments and
    made orthogonal again after each. Where ‖Df‖ ≤ C, all exponents lie in [−C, C].

    Parameters
    ----------
    propagators
        The propagators of equally long segments.
    duration
        Time of all segments together.
    generator
        Source of the random frame.

    Examples
    --------
    >>> from neural_spectra.flows.reference_systems import StuartLandau
    >>> on_the_cycle = torch.tensor([1.0, 0.0]).double()
    >>> oscillator = StuartLandau()
    >>> propagators, _ = propagate_trajectory(oscillator, on_the_cycle, 100.0, 200, 1e-10, 1e-10)
    >>> exponents = lyapunov_exponents(propagators, 100.0, torch.Generator().manual_seed(0))
    >>> [round(value, 1) + 0.0 for value in sorted(exponents.tolist())]
    [-2.0, 0.0]
    """
    d = propagators.matrices.shape[-1]
    frame = torch.linalg.qr(normal(generator, d, d)).Q
    factors = propagators.matrices.unbind(-3)
    growth = torch.zeros(factors[0].shape[:-1], dtype=torch.float64)
    for factor in factors:
        frame, triangle = torch.linalg.qr(factor @ frame)
        growth = growth + triangle.diagonal(dim1=-2, dim2=-1).abs().log()
    return growth / duration


class Exponents(NamedTuple):
    """Lyapunov exponents by falling size, and the standard errors of their means."""

    mean: Float[Tensor, " dimension"]
    error: Float[Tensor, " dimension"]


def lyapunov_exponents_with_errors(
    propagators: Propagators, duration: float, blocks: int, generator: torch.Generator
) -> Exponents:
    """Return the Lyapunov exponents of an attractor from trajectories on it, with their errors.

    The frame of `lyapunov_exponents` is carried on, but what it grows in the first block, while it
    still turns to the directions that grow most, is left out. The other blocks of all trajectories
    count as samples of one mean, whose standard error is that of their spread.

    Parameters
    ----------
    propagators
        The propagators of equally long segments, one row for each trajectory.
    duration
        Time of all segments together.
    blocks
        How many blocks to cut each trajectory into, at least 3: long enough to forget each other.
    generator
        Source of the random frame.
    """
    trajectories, segments, d = propagators.matrices.shape[:-1]
    length = segments // blocks
    frame = torch.linalg.qr(normal(generator, d, d)).Q
    growths = []
    for factor in propagators.matrices.unbind(-3):
        frame, triangle = torch.linalg.qr(factor @ frame)
        growths.append(triangle.diagonal(dim1=-2, dim2=-1).abs().log())
    growth = torch.stack(growths[length : blocks * length], dim=1)
    rates = growth.reshape(trajectories, blocks - 1, length, d).sum(2)
    rates = rates.flatten(0, 1) * (segments / duration / length)
    order = rates.mean(0).argsort(descending=True)
    error = rates.std(0) / math.sqrt(len(rates))
    return Exponents(rates.mean(0)[order], error[order])


def log_growth(propagators: Propagators) -> Float[Tensor, "*batch segments"]:
    """Return ln‖Φ(t)‖₂ at the end of each segment, for the propagator from the first start.

    Grönwall's inequality keeps it below C·t where ‖Df‖ ≤ C (Matzakos 2026, Lemma 3.2).
    """
    result, product, log_scale = [], None, 0.0
    for factor in propagators.matrices.unbind(-3):
        product = factor if product is None else factor @ product
        norm = torch.linalg.matrix_norm(product, ord=2)
        product, log_scale = product / norm[..., None, None], log_scale + norm.log()
        result.append(log_scale)
    return torch.stack(result, dim=-1)
