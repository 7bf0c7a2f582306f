"""The Lyapunov exponents of discrete maps x_{k+1} = f(x_k), per step."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from neural_spectra.maps.fixed_points import DiscreteMap, Numbers, States, require_states

_BLOCKS = 10
_APART = 1e-8


def largest_exponent(
    f: DiscreteMap, x: States, steps: int, generator: np.random.Generator
) -> tuple[Numbers, Numbers]:
    """Average the growth of a tangent vector along the orbits from ``x``.

    The first tenth of the steps turns the vector into place. An orbit that gets stuck where Df
    kills the vector, such as one that underflows to 0 under ReLU, has the exponent −∞.

    Parameters
    ----------
    x
        States on the attractors.
    steps
        Number of steps, at least 20.
    generator
        Source of the tangent vectors' first directions.

    Returns
    -------
    Array, Array
        The exponents, and their standard errors from the averages over nine tenths of the orbit.
    """
    require_states(x)
    vector = generator.standard_normal(x.shape)
    averages = np.empty((_BLOCKS, *x.shape[:-1]))
    for block in range(_BLOCKS):
        log_growth = np.zeros(x.shape[:-1])
        for _ in range(steps // _BLOCKS):
            vector = (f.jacobian(x) @ vector[..., None])[..., 0]
            length = np.sqrt(np.square(vector).sum(-1))
            with np.errstate(divide="ignore"):
                log_growth += np.log(length)
            vector = vector / np.where(length > 0, length, 1.0)[..., None]
            x = f(x)
        averages[block] = log_growth / (steps // _BLOCKS)
    return _mean_and_error(averages[1:])


def largest_exponents(
    f: DiscreteMap, x: States, count: int, steps: int, generator: np.random.Generator
) -> tuple[Float[np.ndarray, "models points {count}"], Float[np.ndarray, "models points {count}"]]:
    """Average the growth of several tangent vectors, kept apart by QR after each step.

    The first tenth of the steps turns the vectors into place (Benettin, Galgani, Giorgilli and
    Strelcyn 1980). A direction that Df kills has the exponent −∞.

    Parameters
    ----------
    x
        States on the attractors.
    count
        Number of exponents, at most the dimension.
    steps
        Number of steps, at least 20.
    generator
        Source of the tangent vectors' first directions.

    Returns
    -------
    Array, Array
        The exponents, the largest first, and their standard errors.
    """
    require_states(x)
    frame = np.linalg.qr(generator.standard_normal((*x.shape, count))).Q
    averages = np.zeros((_BLOCKS, *x.shape[:-1], count))
    for block in range(_BLOCKS):
        for _ in range(steps // _BLOCKS):
            frame, growth = np.linalg.qr(f.jacobian(x) @ frame)
            with np.errstate(divide="ignore"):
                averages[block] += np.log(np.abs(growth.diagonal(axis1=-2, axis2=-1)))
            x = f(x)
    return _mean_and_error(averages[1:] / (steps // _BLOCKS))


def _mean_and_error(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean over blocks of an orbit and its standard error; −∞ has no error."""
    with np.errstate(invalid="ignore"):
        return blocks.mean(0), blocks.std(0, ddof=1) / np.sqrt(len(blocks))


def exponent_of_distances(f: DiscreteMap, x: States, steps: int) -> Numbers:
    """Average the growth of the distance between orbits that start 1e-8 apart.

    After each step the second orbit is put back to that distance (Benettin, Galgani and Strelcyn
    1976). This needs no Jacobian, so that it checks `largest_exponent`.

    Parameters
    ----------
    x
        States on the attractors.
    steps
        Number of steps.

    Returns
    -------
    Array
        The exponents; −∞ where the two orbits meet.
    """
    require_states(x)
    beside, log_growth = x + _APART / np.sqrt(x.shape[-1]), np.zeros(x.shape[:-1])
    for _ in range(steps):
        x, beside = f(x), f(beside)
        distance = np.sqrt(np.square(beside - x).sum(-1))
        with np.errstate(divide="ignore"):
            log_growth += np.log(distance / _APART)
        stretch = _APART / np.where(distance > 0, distance, 1.0)
        beside = x + stretch[..., None] * (beside - x)
    return log_growth / steps
