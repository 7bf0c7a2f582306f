"""Following one recurrent network to nearly full precision, across the kinks of its activation.

A solver of high order can step over a kink of σ without noticing the error. Continued smoothly past
the kinks beside its argument, σ gives the same solution up to the time when an argument reaches a
kink, and that time can be located on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int64
from scipy.integrate import DOP853, DenseOutput
from scipy.optimize import brentq

from neural_spectra.errors import InputError
from neural_spectra.networks.recurrent_networks import RecurrentNetwork

# When to look where the arguments are, as shares of a step: early looks catch an early return.
_LOOKS = np.union1d(np.linspace(0, 1, 257), 0.5 ** np.arange(9, 50))
_OUTSIDE = 1e-13


@dataclass(frozen=True)
class SmoothPiece:
    """A network, and the interval between two kinks in which each unit's argument of σ lies.

    Parameters
    ----------
    network
        A single network, not a batch.
    index
        The number of the interval of each unit; the first one reaches from −∞ to the first kink.
    """

    network: RecurrentNetwork
    index: Int64[np.ndarray, " n"]

    @classmethod
    def at(cls, network: RecurrentNetwork, x: Float[np.ndarray, " n"]) -> SmoothPiece:
        """Return the piece in which the state x lies."""
        index = np.searchsorted(network.activation.kinks, network.preactivation(x))
        return cls(network, index)

    @property
    def lower(self) -> Float[np.ndarray, " n"]:
        """Lower end of each unit's interval."""
        return np.take((-math.inf, *self.network.activation.kinks), self.index)

    @property
    def upper(self) -> Float[np.ndarray, " n"]:
        """Upper end of each unit's interval."""
        return np.take((*self.network.activation.kinks, math.inf), self.index)

    def continued(self) -> RecurrentNetwork:
        """Return the network with σ replaced by its tangents outside the intervals."""
        activation = self.network.activation
        # One rounding inside the interval the slope is the one of this side of the kink.
        first, last = np.nextafter(self.lower, self.upper), np.nextafter(self.upper, self.lower)

        def function(z: np.ndarray) -> np.ndarray:
            inside = np.clip(z, first, last)
            tangent = activation.slope(inside) * (z - inside)
            continued: np.ndarray = activation.function(inside) + tangent
            return continued

        return replace(self.network, activation=replace(activation, function=function))

    def follow(self, inner: DenseOutput) -> tuple[float, SmoothPiece]:
        """Follow the continued solution over one step of a solver, to the first kink in it.

        Returns
        -------
        tuple
            The time of the kink and the piece beyond it; the end of the step and this piece
            itself if no argument leaves its interval.
        """
        lower, upper = self.lower, self.upper

        def excess(x: np.ndarray) -> np.ndarray:
            z = self.network.preactivation(x)
            beyond: np.ndarray = np.maximum(lower - z, z - upper)
            return beyond

        looks = inner.t_old + (inner.t - inner.t_old) * _LOOKS
        excesses = excess(inner(looks).T)
        # A time is only known to rounding, so that the start can lie a little outside.
        outside = excesses > np.maximum(excesses[0], 0) + _OUTSIDE
        if not outside.any():
            return inner.t, self
        seen = outside.any(axis=-1).argmax()
        leaving = np.flatnonzero(outside[seen])
        time = looks[seen - 1]
        if excesses[seen - 1, leaving].max() < 0:
            time = brentq(lambda t: excess(inner(t))[leaving].max(), time, looks[seen], xtol=1e-15)
        unit = leaving[excess(inner(time))[leaving].argmax()]
        above = self.network.preactivation(inner(looks[seen]))[unit] > upper[unit]
        index = self.index.copy()
        index[unit] += 1 if above else -1
        return time, replace(self, index=index)


def reference_solution(
    network: RecurrentNetwork,
    start: Float[np.ndarray, " n"],
    times: Float[np.ndarray, " times"],
    rtol: float = 1e-12,
    atol: float = 1e-13,
) -> Float[np.ndarray, "times n"]:
    """Follow one trajectory to nearly full precision by SciPy's DOP853 (adaptive, order 8).

    The method starts anew wherever an argument of σ reaches a kink.

    Parameters
    ----------
    network
        A single network, not a batch.
    start
        The state at ``times[0]``.
    times
        Output times, rising.
    rtol, atol
        Tolerances of DOP853.

    Raises
    ------
    InputError
        If the times do not rise, or the solution cannot be followed to the last of them.
    """
    if not (np.diff(times) > 0).all():
        raise InputError("the output times of a reference solution must rise: sort them")
    solution = np.empty((len(times), len(start)))
    solution[0] = start
    piece = SmoothPiece.at(network, start)
    solver = _solver(piece, times[0], start, times[-1], rtol, atol)
    # Where the solution overflows, the solver says so by its message.
    with np.errstate(over="ignore", invalid="ignore"):
        while solver.status == "running":
            message = solver.step()
            if message is not None:
                raise InputError(
                    f"the reference solution ends at t = {solver.t:.6g}, where it blows up or "
                    f"the tolerances are too strict ({message}): ask for earlier times"
                )
            inner = solver.dense_output()
            until, next_piece = piece.follow(inner)
            first, last = np.searchsorted(times, (solver.t_old, until), side="right")
            solution[first:last] = inner(times[first:last]).T
            if next_piece is not piece:
                piece = next_piece
                solver = _solver(piece, until, inner(until), times[-1], rtol, atol)
    return solution


def _solver(
    piece: SmoothPiece, t: float, x: np.ndarray, end: float, rtol: float, atol: float
) -> DOP853:
    field = piece.continued()
    return DOP853(lambda _, y: field(y), t, x, end, rtol=rtol, atol=atol)
