"""What becomes of the orbits of discrete maps x_{k+1} = f(x_k), many maps and orbits at once.

The orbits are followed in rounds of `ROUND` steps until each escapes, approaches a fixed point or
closes into a cycle. A map all of whose orbits have done so is left alone from then on, and an orbit
that creeps along a line, as near an eigenvalue of 1, takes a long stride after each round.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from jaxtyping import Bool, Float, Int

from neural_spectra.maps.fixed_points import (
    ROUNDING,
    DiscreteMap,
    Numbers,
    States,
    newton,
    require_states,
    size,
)
from neural_spectra.maps.lyapunov_of_maps import largest_exponent
from neural_spectra.maps.pointwise_affine import spectral_radius

# The states after each step of a round, the first before it.
Path = Float[np.ndarray, "times models points d"]

# Steps of a round, and the longest period that is recognised.
ROUND = 64
# |ρ(Df) − 1| of a fixed point that neither attracts nor repels.
NEUTRAL = 1e-6
# All relative to 1 + the size of the state: an orbit that moves by less stands still;
STILL = 1e-14
# one this near to a fixed point, and coming nearer, approaches it;
NEAR = 0.1
# ρ(Df) is taken so far beside the point; a cycle comes back to where it was up to this.
BESIDE, CLOSED = 1e-8, 1e-9
# An orbit creeps if its way in a quarter of a round changes by at most this share of it,
LARGEST_CHANGE = 0.5
# in the direction of the way (the cosine between them), or around a centre so many times 1 + the
# state's size away,
STRAIGHT, FAR_CENTRE = 0.95, 10
# and is at least this share of the length of the orbit. A stride takes it so far of its rest.
ONWARD, STRIDE = 0.9, 0.9


class Fate(IntEnum):
    """What became of an orbit."""

    MOVING = 0
    ESCAPED = 1
    POINT = 2
    CYCLE = 3


@dataclass(frozen=True)
class Following:
    """How long and how closely orbits are followed.

    Parameters
    ----------
    rounds
        Most rounds of 64 steps; an orbit that has settled on nothing by then is MOVING.
    escape_radius
        A larger coordinate means that the orbit has escaped.
    newton_steps
        Steps of Newton's method towards a fixed point.
    exponent_steps
        Steps over which a moving orbit's Lyapunov exponent is averaged.
    exponent_orbits
        Number of moving orbits of each map whose exponents are computed.
    seed
        Seed of the tangent vectors' first directions.
    """

    rounds: int = 32
    escape_radius: float = 1e6
    newton_steps: int = 12
    exponent_steps: int = 2000
    exponent_orbits: int = 4
    seed: int = 0


class Orbits:
    """The orbits of many maps, and what is known of each so far.

    Parameters
    ----------
    starts
        Where they start.

    Attributes
    ----------
    state
        The fixed point of a POINT, a point of a CYCLE, the last state otherwise.
    fate
        Values of `Fate`.
    period
        1 for a POINT, p for a CYCLE of p points, 0 otherwise.
    exponent
        Largest Lyapunov exponent per step: ln ρ of a POINT or CYCLE, an average for MOVING orbits;
        NaN for escaped ones and for moving ones of which none was computed.
    error
        Standard error of an average, 0 for the others.
    """

    def __init__(self, starts: States) -> None:
        shape = starts.shape[:-1]
        self.state = starts.copy()
        self.fate = np.full(shape, int(Fate.MOVING))
        self.period = np.zeros(shape, int)
        self.exponent = np.full(shape, np.nan)
        self.error = np.zeros(shape)

    @property
    def moving(self) -> Bool[np.ndarray, "models points"]:
        """Which orbits have not settled."""
        return np.asarray(self.fate == Fate.MOVING)


def follow(f: DiscreteMap, starts: States, following: Following) -> Orbits:
    """Follow the orbits from ``starts`` until they settle, escape or time runs out."""
    require_states(starts)
    orbits = Orbits(starts)
    # In float64 softplus is the identity from 37 on: whoever creeps out to such a place escapes.
    far = 2 * size(starts).max(-1)
    for _ in range(following.rounds):
        active = np.flatnonzero(orbits.moving.any(-1))
        if not active.size:
            break
        _follow_round(f[active], active, orbits, far[active], following)
    _add_cycle_exponents(f, orbits)
    _add_average_exponents(f, orbits, following)
    return orbits


def _follow_round(
    f: DiscreteMap,
    active: Int[np.ndarray, " active"],
    orbits: Orbits,
    far: Float[np.ndarray, " active"],
    following: Following,
) -> None:
    """Take the moving orbits of the maps ``f``, numbers ``active``, one round further."""
    moving = orbits.moving[active]
    path = np.empty((ROUND + 1, *moving.shape, orbits.state.shape[-1]))
    path[0] = np.where(moving[..., None], orbits.state[active], 0.0)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(ROUND):
            path[k + 1] = f(path[k])
    escaped = ~(size(path[-1]) <= following.escape_radius)
    path[:, escaped] = 0.0
    root, radius, settled = _approached_point(f, path, following.newton_steps)
    escaped |= settled & (np.abs(radius - 1) <= NEUTRAL) & (size(root) > far[:, None])
    period = np.where(settled, 1, _period(path))

    fates = [Fate.ESCAPED, Fate.POINT, Fate.CYCLE]
    fate = np.select([escaped, settled, period > 1], fates, Fate.MOVING)
    state = np.select(
        [settled[..., None], (period > 1)[..., None]], [root, path[-1]], path[-1] + _stride(path)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.where(fate == Fate.POINT, np.log(radius), np.nan)
    rows, columns = np.nonzero(moving)
    place = active[rows], columns
    orbits.fate[place] = fate[moving]
    orbits.state[place] = state[moving]
    orbits.period[place] = np.where(fate >= Fate.POINT, period, 0)[moving]
    orbits.exponent[place] = exponent[moving]


def _approached_point(
    f: DiscreteMap, path: Path, steps: int
) -> tuple[States, Numbers, Bool[np.ndarray, "models points"]]:
    """Return the fixed points near the ends, ρ(Df) there, and whether the orbits approach them.

    ρ is taken a little to the side from which the orbit comes, in case f has a kink there. An orbit
    that does not move at all is at a fixed point, attracting or not; Newton's method may miss it,
    because its step on a line of fixed points is rounding divided by rounding.
    """
    root, found = newton(f, path[-1], steps)
    moved = size(path[-1] - path[[ROUND // 2, -2]]).max(0)
    still = moved <= STILL * (1 + size(path[-1]))
    root = np.where(still[..., None], path[-1], root)
    found |= still
    scale = 1 + size(root)
    start, middle, end = size(path[:: ROUND // 2] - root)
    radius = spectral_radius(f.jacobian(_beside(path, np.where(found[..., None], root, 0.0))))
    arrived = end <= ROUNDING * scale
    arrives = (end < middle) & (middle < start) & (end <= NEAR * scale) | arrived
    at_rest = (start <= ROUNDING * scale) & arrived
    return root, radius, found & (arrives & (radius <= 1 + NEUTRAL) | at_rest)


def _beside(path: Path, root: States) -> States:
    """Return points a little beside fixed points, on the side of the last state farther away."""
    nearest = BESIDE * (1 + size(root))
    away = path - root
    last = ROUND - np.argmax((size(away) > nearest)[::-1], axis=0)
    side = np.take_along_axis(away, last[None, ..., None], axis=0)[0]
    return np.asarray(root + (nearest / np.maximum(size(side), nearest))[..., None] * side)


def _period(path: Path) -> Int[np.ndarray, "models points"]:
    """Return the smallest p after which the orbits return to their ends, 0 for none."""
    gaps = size(path[-2::-1] - path[-1])
    returns = gaps <= CLOSED * (1 + size(path[-1]))
    return np.where(returns.any(0), returns.argmax(0) + 1, 0)


def _stride(path: Path) -> States:
    """Return how far to jump ahead: not at all for orbits that do not creep along a line.

    Aitken's extrapolation: with D the way of the last quarter of the round and D' that of the one
    before, the limit of a geometric series is |D|/|D − D'| times D away. No jump is longer than 1 +
    the state's size; the first half of the next round brings the orbit back to its line.
    """
    before, middle, end = path[[ROUND // 2, ROUND * 3 // 4, ROUND]]
    way, change = end - middle, end - 2 * middle + before
    along = np.abs((change * way).sum(-1))
    way_length, change_length = np.sqrt(np.square((way, change)).sum(-1))
    scale = 1 + size(end)
    steady = change_length <= ROUNDING * scale
    # A slow turn bends D sideways, unlike a straight line; but around a centre far away it is one.
    straight = along >= STRAIGHT * change_length * way_length
    straight |= steady | (way_length**2 >= FAR_CENTRE * scale * change_length)
    # Every second state, because a negative eigenvalue makes an orbit alternate between two lines.
    travelled = size(np.diff(path[ROUND * 3 // 4 :: 2], axis=0)).sum(0)
    onward = (way_length >= ONWARD * travelled) & (travelled > 0)
    creeps = straight & onward & (change_length <= LARGEST_CHANGE * way_length)
    reach = scale / np.where(creeps, way_length, 1.0)
    strides = np.where(steady, reach, STRIDE * way_length / np.where(steady, 1.0, change_length))
    return np.asarray(np.where(creeps, np.minimum(strides, reach), 0.0)[..., None] * way)


def _add_cycle_exponents(f: DiscreteMap, orbits: Orbits) -> None:
    """Put ln ρ(Df^p)/p at every cycle of period p."""
    chosen = np.flatnonzero((orbits.fate == Fate.CYCLE).any(-1))
    if not chosen.size:
        return
    g, x, period = f[chosen], orbits.state[chosen], orbits.period[chosen]
    cycle = orbits.fate[chosen] == Fate.CYCLE
    x = np.where(cycle[..., None], x, 0.0)
    product = np.broadcast_to(np.eye(x.shape[-1]), (*x.shape, x.shape[-1]))
    for k in range(period[cycle].max()):
        within = cycle & (k < period)
        product = np.where(within[..., None, None], g.jacobian(x) @ product, product)
        x = np.where(within[..., None], g(x), x)
    with np.errstate(divide="ignore"):
        exponent = np.log(spectral_radius(product)) / np.maximum(period, 1)
    orbits.exponent[chosen] = np.where(cycle, exponent, orbits.exponent[chosen])


def _add_average_exponents(f: DiscreteMap, orbits: Orbits, following: Following) -> None:
    """Average the exponents of the first few moving orbits of each map."""
    chosen = np.flatnonzero(orbits.moving.any(-1))
    if not chosen.size:
        return
    first = np.argsort(~orbits.moving[chosen], axis=-1, kind="stable")
    place = chosen[:, None], first[:, : following.exponent_orbits]
    moving = orbits.moving[place]
    # A settled orbit stands in where a map has fewer moving ones; its values are not used.
    x = orbits.state[place]
    x = np.where(moving[..., None], x, x[:, :1])
    generator = np.random.default_rng(following.seed)
    exponent, error = largest_exponent(f[chosen], x, following.exponent_steps, generator)
    orbits.exponent[place] = np.where(moving, exponent, orbits.exponent[place])
    orbits.error[place] = np.where(moving, error, orbits.error[place])
