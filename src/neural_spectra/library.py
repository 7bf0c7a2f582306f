"""What a user does with one field, without batch axes: orbits, multipliers, exponents, proofs.

A field is a `Network`, any other field of this package, a torch module with ``forward(y)`` or
``forward(t, y)``, or a differentiable function of states ``(points, dimension)``.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds.planar_proofs import Certificate, attracting_cycle, no_closed_orbit
from neural_spectra.bounds.regions import Ball, Box
from neural_spectra.errors import InputError
from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.floquet_multipliers import Multipliers
from neural_spectra.flows.lyapunov_of_flows import (
    Exponents,
    lyapunov_exponents_with_errors,
    propagate_trajectory,
)
from neural_spectra.flows.shooting import find_periodic_orbits as find_in_batch
from neural_spectra.flows.shooting import refine_periodic_orbits
from neural_spectra.flows.single_fields import AnyField, single_field
from neural_spectra.flows.single_orbits import (
    STATES,
    PeriodicOrbit,
    followed,
    is_the_same,
    once_round,
)
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.reading import GivenNetwork

_SEARCH = Search(windows=9)
_BLOCKS, _MOST_SEGMENTS = 8, 20_000
_TOLERANCE = 1e-9


def find_periodic_orbits(
    f: AnyField, starts: Float[Tensor, "starts dimension"], search: Search = _SEARCH
) -> list[PeriodicOrbit]:
    """Find the periodic orbits that trajectories settle on.

    Each start is followed until it nearly closes, and then brought onto the orbit by Newton's
    method. An orbit that attracts nothing is not found so, and none found is no proof of none.

    Parameters
    ----------
    f
        The field.
    starts
        States to start from, one or several.
    search
        How long and how closely to look.

    Returns
    -------
    list of PeriodicOrbit
        Those that differ, by rising period; none where nothing closes.

    Raises
    ------
    InputError
        If f is no field, or the starts do not fit it.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> def f(y):  # Stuart-Landau: the unit circle, once in 2π
    ...     x, u = y.unbind(-1)
    ...     r = 1 - x**2 - u**2
    ...     return torch.stack((r * x - u, r * u + x), -1)
    >>> (orbit,) = neural_spectra.find_periodic_orbits(f, torch.tensor([[0.5, 0.0], [2.0, 0.0]]))
    >>> round(orbit.period, 6)
    6.283185
    """
    states = _states(starts)
    field = single_field(f, states)
    found = find_in_batch(field, states.unsqueeze(1), search)
    measured = found.multipliers()
    orbits: list[PeriodicOrbit] = []
    for k in (found.status == Status.ORBIT).nonzero().flatten().tolist():
        single = measured[k]
        orbit = PeriodicOrbit(
            found.period[k].item(),
            once_round(field, found.points[k, 0], found.period[k].item()),
            single.phase * single.log_modulus.exp(),
            single.log_modulus,
            single.error_estimate,
            found.propagators.log_determinant[k].item(),
            found.shooting_defect[k].item(),
        )
        if not any(is_the_same(orbit, other) for other in orbits):
            orbits.append(orbit)
    return sorted(orbits, key=lambda orbit: orbit.period)


def floquet_multipliers(
    f: AnyField, state: Float[Tensor, " dimension"], period: float
) -> Multipliers:
    """Return the Floquet multipliers of the orbit through a state, whether it attracts or repels.

    Parameters
    ----------
    f
        The field.
    state, period
        A guess of a state on the orbit and of its period, good to a few per cent.

    Returns
    -------
    Multipliers
        Of shape ``(dimension,)``: ``real``, ``imag``, ``log_modulus``, ``error_estimate``.

    Raises
    ------
    InputError
        If f is no field, or no periodic orbit lies near the guess.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> def f(y):
    ...     x, u = y.unbind(-1)
    ...     r = 1 - x**2 - u**2
    ...     return torch.stack((r * x - u, r * u + x), -1)
    >>> found = neural_spectra.floquet_multipliers(f, torch.tensor([1.01, 0.0]), 6.3)
    >>> [abs(round(value, 6)) for value in found.log_modulus.tolist()]  # of 0 and -4π
    [0.0, 12.566371]
    """
    field = single_field(f, _states(state))
    guess = once_round(field, _states(state)[0], period)[:: STATES // 32]
    time = torch.tensor([period], dtype=torch.float64)
    orbit = refine_periodic_orbits(field, guess.unsqueeze(0), time, _SEARCH.rtol, _SEARCH.atol)
    if orbit.status[0] != Status.ORBIT:
        raise InputError(
            f"no periodic orbit was found near this state and the period {period:g}: "
            f"{orbit.explanations[0] or Status(int(orbit.status[0])).label}; give a better guess, "
            f"as find_periodic_orbits returns"
        )
    return orbit.multipliers()[0]


def lyapunov_exponents(
    f: AnyField, start: Float[Tensor, " dimension"], duration: float
) -> Exponents:
    """Return all Lyapunov exponents of the attractor that a trajectory goes to.

    A fifth of the time is given to it to get there, before anything is measured.

    Parameters
    ----------
    f
        The field.
    start
        Where the trajectory starts.
    duration
        How long it is followed; many times what the slowest motion takes.

    Returns
    -------
    Exponents
        ``mean`` and its standard ``error``, of shape ``(dimension,)``, the largest first.

    Raises
    ------
    InputError
        If f is no field, or the trajectory escapes.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> found = neural_spectra.lyapunov_exponents(lambda y: -y, torch.tensor([1.0, 2.0]), 10.0)
    >>> found.mean
    tensor([-1.0000, -1.0000], dtype=torch.float64)
    """
    states = _states(start)
    field = single_field(f, states)
    settling, measuring = duration / 5, 4 * duration / 5
    rate = torch.linalg.matrix_norm(field.jacobian(states), ord=2).max().item()
    settled = followed(field, states[0], settling)
    rate = max(rate, torch.linalg.matrix_norm(field.jacobian(settled), ord=2).median().item())
    segments = min(max(64, _BLOCKS * math.ceil(measuring * rate / _BLOCKS)), _MOST_SEGMENTS)
    propagators, _ = propagate_trajectory(
        field, settled[-1:], measuring, segments, _TOLERANCE, _TOLERANCE
    )
    generator = torch.Generator().manual_seed(0)
    return lyapunov_exponents_with_errors(propagators, measuring, _BLOCKS, generator)


def certify(network: Network | GivenNetwork, subject: PeriodicOrbit | Ball | Box) -> Certificate:
    """Try to prove what a planar network does, with its rounding.

    Parameters
    ----------
    network
        A single one, of dimension 2.
    subject
        An orbit: that exactly one closed orbit lies near it, and attracts. A ball or a box: that
        no closed orbit lies in it.

    Returns
    -------
    Certificate
        ``verdict`` and ``reason``; of an orbit also bounds of its period and determinant, and the
        annulus that it is the only one in.

    Raises
    ------
    InputError
        If the network is no planar one, or is no network.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> W, b = torch.eye(2), torch.zeros(2)
    >>> network = neural_spectra.Network((W, -W), (b, b), "tanh")
    >>> neural_spectra.certify(network, neural_spectra.Ball(torch.zeros(2), 1.0)).verdict
    'proved'
    """
    if isinstance(network, GivenNetwork):
        network = network.network
    if not isinstance(network, Network):
        raise InputError(
            f"{type(network).__name__} does not tell the ranges of its layers, and proofs are made "
            f"of these; export it, and read the file"
        )
    if isinstance(subject, PeriodicOrbit):
        return attracting_cycle(network, subject.states, subject.period)
    return no_closed_orbit(network, subject)


def _states(given: Tensor) -> Float[Tensor, "points dimension"]:
    states = torch.as_tensor(given, dtype=torch.float64)
    if states.ndim not in (1, 2) or not states.numel() or not states.isfinite().all():
        raise InputError(
            f"states of shape {tuple(states.shape)} are none to start from; give finite ones, "
            f"(dimension,) or (starts, dimension)"
        )
    return states.reshape(-1, states.shape[-1])
