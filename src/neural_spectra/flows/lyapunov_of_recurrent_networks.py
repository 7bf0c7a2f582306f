"""The largest Lyapunov exponent of recurrent networks, for many networks or states at once."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.flows.recurrent_integrators import rk4_step
from neural_spectra.networks.recurrent_networks import RecurrentNetwork

_BLOCKS = 10


def largest_lyapunov_exponent(
    network: RecurrentNetwork,
    start: Float[np.ndarray, "*batch n"],
    directions: Float[np.ndarray, "*batch n"],
    step: float,
    steps: int,
) -> tuple[Float[np.ndarray, "*batch"], Float[np.ndarray, "*batch"]]:
    """Return the largest Lyapunov exponent along the flow from ``start``, and its error estimate.

    A state and a tangent vector take Runge–Kutta steps (order 4) together; the vector is scaled
    back to length 1 after each (Benettin, Galgani and Strelcyn 1976). The error is the standard
    error of the mean growth rate over ten blocks of time or, if larger, half the difference between
    the two halves of the time.

    On a family of periodic or quasi-periodic orbits, where the exponent is 0, tangent vectors grow
    like the time t: the average tends to 0 as t⁻¹ ln t only, and lies up to a few errors above 0.

    Parameters
    ----------
    network
        Its batch axes are those of ``start``, or broadcast to them.
    start
        States at time 0.
    directions
        Tangent vectors at time 0, of any length: random ones, as some grow slower than others.
    step, steps
        Length of a step, and how many are averaged over: a multiple of 10.

    Returns
    -------
    tuple of np.ndarray
        Exponents and errors; NaN where the state or the vector leaves the float64 range.

    Raises
    ------
    InputError
        If the step is not positive and finite, or ``steps`` no positive multiple of 10.
    """
    if not 0 < step < math.inf:
        raise InputError(f"step: {step} is not a positive, finite time; give one")
    if steps < _BLOCKS or steps % _BLOCKS:
        raise InputError(
            f"steps: {steps} steps do not make {_BLOCKS} equal blocks; "
            f"take a positive multiple of {_BLOCKS}"
        )
    pair = np.stack((start, directions), axis=-1)
    growth = np.empty((steps, *start.shape[:-1]))
    with np.errstate(over="ignore", invalid="ignore"):  # what blows up is NaN in the result
        for k in range(steps):
            length = np.sqrt((pair[..., 1] ** 2).sum(axis=-1))
            pair[..., 1] /= length[..., None]
            pair = rk4_step(partial(_derivative, network), pair, step)
            growth[k] = (pair[..., 1] ** 2).sum(axis=-1)
    rates = np.log(growth) / (2 * step)
    rates[:, ~np.isfinite(pair).all(axis=(-2, -1))] = np.nan
    blocks = rates.reshape(_BLOCKS, -1, *rates.shape[1:]).mean(axis=1)
    spread = blocks.std(axis=0, ddof=1) / math.sqrt(_BLOCKS)
    trend = np.abs(blocks[: _BLOCKS // 2].mean(axis=0) - blocks[_BLOCKS // 2 :].mean(axis=0)) / 2
    return np.asarray(blocks.mean(axis=0)), np.asarray(np.maximum(spread, trend))


def _derivative(
    network: RecurrentNetwork, pair: Float[np.ndarray, "*batch n 2"]
) -> Float[np.ndarray, "*batch n 2"]:
    """Return f(x) and Df(x)·v in the columns: one product with A for both, and no Jacobian."""
    if network.form == "sigma(A x)":
        return _activate(network, network.matrix @ pair)
    result: np.ndarray = network.matrix @ _activate(network, pair)
    return result


def _activate(
    network: RecurrentNetwork, pair: Float[np.ndarray, "*batch n 2"]
) -> Float[np.ndarray, "*batch n 2"]:
    z, v = pair[..., 0], pair[..., 1]
    return np.stack((network.activation.function(z), network.activation.slope(z) * v), axis=-1)
