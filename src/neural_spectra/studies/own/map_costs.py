"""How much of an analysis of a map is affordable: less for maps of many dimensions and units."""

from __future__ import annotations

from neural_spectra.maps.orbits import ROUND, Following
from neural_spectra.networks.deep_maps import DeepMap

# So many multiplications are a matter of seconds.
_BUDGET = 3e9


def affordable(cost: int, least: int, most: int) -> int:
    """Return how often something of that cost, in multiplications, may be done."""
    return max(least, min(most, int(_BUDGET / max(cost, 1))))


def cost_of_value(f: DeepMap) -> int:
    """Return the multiplications of f(x) at one point."""
    return sum(weight.shape[-2] * weight.shape[-1] for weight in f.weights)


def cost_of_jacobian(f: DeepMap) -> int:
    """Return the multiplications of Df(x) at one point, and of solving with it."""
    return f.dimension * (cost_of_value(f) + f.dimension**2)


def cost_of_round(f: DeepMap) -> int:
    """Return the multiplications of a round of `maps.orbits.follow` for one orbit."""
    newton_steps = Following().newton_steps + 1
    return ROUND * cost_of_value(f) + newton_steps * cost_of_jacobian(f)
