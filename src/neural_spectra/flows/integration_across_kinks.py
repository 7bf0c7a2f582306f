"""Networks between the kinks of their activation function, where an adaptive solver is accurate.

A solver of high order can step over a kink of σ without noticing the error. Continued smoothly past
the kinks beside its argument, σ gives the same solution up to the time when an argument reaches a
kink, and that time can be located on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int64
from scipy.integrate import DenseOutput
from scipy.optimize import brentq

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
