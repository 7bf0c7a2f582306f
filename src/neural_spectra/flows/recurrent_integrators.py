"""Following recurrent networks in time, a batch at once, by methods of fixed steps.

Casoni et al. 2025 simulate by forward Euler, whose energy rises with every step where σ is
monotone. Beside it stand the classical Runge–Kutta method, the implicit midpoint rule, which
conserves quadratic energies, and the average vector field method, which conserves every energy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int64

from neural_spectra.activations.scalar_activation import Elementwise
from neural_spectra.activations.segment_means import averaged_from
from neural_spectra.errors import InputError, did_you_mean
from neural_spectra.networks.recurrent_networks import RecurrentNetwork

States = Float[np.ndarray, "*states n"]
NextStates = Float[np.ndarray, "*batch n"]
StepSize = float | Float[np.ndarray, "*sizes 1"]
Stepper = Callable[[RecurrentNetwork, np.ndarray, StepSize], np.ndarray]

_NEWTON_ITERATIONS = 50
_NEWTON_TOLERANCE = 1e-13


@dataclass(frozen=True)
class Simulation:
    """Trajectories at equally spaced times, each up to the step at which it escaped.

    Parameters
    ----------
    times
        From 0 on; one column for each step size if there are several.
    states
        The states at these times; NaN after a member has stopped.
    stopped
        The number of the step at which a member stopped, −1 where it went all the way.
    """

    times: Float[np.ndarray, " times *sizes"]
    states: Float[np.ndarray, "times *batch n"]
    stopped: Int64[np.ndarray, "*batch"]


def simulate(
    network: RecurrentNetwork,
    start: Float[np.ndarray, "*starts n"],
    step: float | Float[np.ndarray, "*sizes"],
    steps: int,
    method: str = "euler",
    every: int = 1,
    threshold: float = math.inf,
) -> Simulation:
    """Follow a batch of trajectories for a number of steps, each member independent of the others.

    Parameters
    ----------
    network
        The network or networks.
    start
        States at time 0. The batch axes of network, start and step broadcast.
    step
        Length h of a step, for all or for each member.
    steps
        Number of steps.
    method
        One of ``STEPPERS``.
    every
        Record, and look for members that stop, every so many steps; a divisor of ``steps``.
    threshold
        A member stops when its Euclidean norm exceeds this, when the square of its norm
        overflows, or when Newton's method does not solve the implicit equation of its step (the
        state is NaN then). The state at which it stops is recorded.

    Raises
    ------
    InputError
        If a step is not positive and finite, the method is unknown, or steps, every or threshold
        make no sense.

    Examples
    --------
    >>> from neural_spectra.activations.numpy_activations import scalar_activation
    >>> from neural_spectra.networks.recurrent_networks import planar
    >>> network = RecurrentNetwork(planar(1.0), scalar_activation("tanh"))
    >>> energy_before, *_, energy_after = network.energy(
    ...     simulate(network, np.array([1.5, 0.0]), 0.05, 400, "average vector field").states
    ... )
    >>> bool(abs(energy_after - energy_before) < 1e-12)
    True
    """
    _require_usable(step, steps, method, every, threshold)
    stepper, h = STEPPERS[method], np.expand_dims(step, -1)
    batch = np.broadcast_shapes(network.matrix.shape[:-2], start.shape[:-1], np.shape(step))
    rows = steps // every + 1
    states = np.empty((rows, *batch, start.shape[-1]))
    states[0] = x = np.broadcast_to(start, states.shape[1:])
    # Members that blow up go on as ∞ and NaN: that costs the others nothing, and warns of nothing.
    with np.errstate(all="ignore"):
        for row in range(1, rows):
            for _ in range(every):
                x = stepper(network, x, h)
            states[row] = x
        sizes = np.sqrt(np.vecdot(states, states))
    escaped = ~(sizes <= min(threshold, np.finfo(float).max))
    stopped = np.where(escaped.any(axis=0), escaped.argmax(axis=0) * every, -1)
    states[1:][np.logical_or.accumulate(escaped, axis=0)[:-1]] = np.nan
    times = np.multiply.outer(np.arange(0.0, steps + 1, every), step)
    return Simulation(times, states, stopped)


def euler_step(network: RecurrentNetwork, x: States, h: StepSize) -> NextStates:
    """Take a step of forward Euler (order 1)."""
    return x + h * network(x)


def rk4_step(field: Callable[[np.ndarray], np.ndarray], x: States, h: StepSize) -> NextStates:
    """Take a step of the classical Runge–Kutta method (order 4)."""
    k1 = field(x)
    k2 = field(x + h / 2 * k1)
    k3 = field(x + h / 2 * k2)
    k4 = field(x + h * k3)
    end: np.ndarray = x + h / 6 * (k1 + 2 * (k2 + k3) + k4)
    return end


def implicit_midpoint_step(network: RecurrentNetwork, x: States, h: StepSize) -> NextStates:
    """Take a step of the implicit midpoint rule (order 2), x' = x + h f((x + x')/2)."""
    return _solve(
        lambda end: network((x + end) / 2), lambda end: network.jacobian((x + end) / 2) / 2, x, h
    )


def average_vector_field_step(network: RecurrentNetwork, x: States, h: StepSize) -> NextStates:
    """Take a step of the average vector field method (order 2).

    σ is averaged over the segment from the old to the new argument of each unit, from a to b, which
    gives g = (Φ(b) − Φ(a))/(b − a), a discrete gradient of E: E(x') − E(x) = h gᵀ A g is 0 for
    every σ and every skew-symmetric A (Quispel and McLaren 2008, "A new class of
    energy-preserving numerical integration methods"; McLachlan, Quispel and Robidoux 1999).
    """
    averaged = replace(
        network, activation=averaged_from(network.preactivation(x), network.activation)
    )
    return _solve(averaged, averaged.jacobian, x, h)


STEPPERS: dict[str, Stepper] = {
    "euler": euler_step,
    "rk4": rk4_step,
    "implicit midpoint": implicit_midpoint_step,
    "average vector field": average_vector_field_step,
}


@dataclass
class Work:
    """Counts evaluations: the values of σ, σ' or Φ that were computed, divided by n."""

    evaluations: float = 0.0

    def counted(self, network: RecurrentNetwork) -> RecurrentNetwork:
        """Return the same network, except that its evaluations are added to this count."""
        n, activation = network.matrix.shape[-1], network.activation

        def counting(function: Elementwise) -> Elementwise:
            def evaluate(z: np.ndarray) -> np.ndarray:
                self.evaluations += z.size / n
                return function(z)

            return evaluate

        counting_activation = replace(
            activation,
            function=counting(activation.function),
            potential=counting(activation.potential),
            slope=counting(activation.slope),
        )
        return replace(network, activation=counting_activation)


def _require_usable(
    step: float | np.ndarray, steps: int, method: str, every: int, threshold: float
) -> None:
    steps_given = np.atleast_1d(step)
    usable = (steps_given > 0) & np.isfinite(steps_given)
    if not usable.all():
        raise InputError(
            f"a simulation cannot take steps of length h = {steps_given[~usable][0]}: "
            f"give a positive, finite step"
        )
    if steps < 1:
        raise InputError(f"a simulation of {steps} steps has nothing to do: take at least 1")
    if every < 1 or steps % every:
        raise InputError(
            f"a simulation of {steps} steps cannot be recorded every {every} steps: "
            f"take a divisor of {steps}"
        )
    if not threshold > 0:
        raise InputError(f"every state exceeds the threshold {threshold}: give a positive one")
    if method not in STEPPERS:
        raise InputError(
            f"unknown method '{method}' of a simulation{did_you_mean(method, STEPPERS)}; "
            f"known are {', '.join(STEPPERS)}"
        )


def _solve(
    field: Callable[[np.ndarray], np.ndarray],
    jacobian: Callable[[np.ndarray], np.ndarray],
    x: States,
    h: StepSize,
) -> NextStates:
    """Solve end = x + h field(end) by Newton's method; NaN where it does not converge."""
    end = x + h * field(x)
    identity, h_matrix = np.eye(x.shape[-1]), np.expand_dims(h, -1)
    active = np.isfinite(end).all(axis=-1, keepdims=True)
    for _ in range(_NEWTON_ITERATIONS):
        if not active.any():
            return end
        residual = end - x - h * field(end)
        matrix = identity - h_matrix * jacobian(end)
        correction = np.linalg.solve(matrix, residual[..., None])[..., 0]
        # Members that are done stay as they are, so that no member depends on the others.
        end = np.where(active, end - correction, end)
        size = np.abs(end).max(axis=-1, keepdims=True)
        moved = np.abs(correction).max(axis=-1, keepdims=True)
        active &= (moved > _NEWTON_TOLERANCE * (1 + size)) & np.isfinite(size)
    unsolved: np.ndarray = np.where(active, np.nan, end)
    return unsolved
