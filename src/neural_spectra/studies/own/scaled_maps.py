"""A user's map in coordinates that suit it: near 0, and of the size in which its bends show."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap

# A change of a pre-activation that a unit answers by a bend.
_BEND = 2.0
# A map without bends has the size of its offsets, and no other; this times 1 + the centre's.
_LARGEST_UNIT = 10.0


@dataclass(frozen=True)
class ScaledMap:
    """A map f in the user's coordinates x, and the same map in the coordinates y.

    Parameters
    ----------
    given
        f.
    scaled
        y ↦ (f(c + S y) − c)/S: orbits, multipliers and exponents are those of f.
    centre, unit
        c, and the diagonal of S.
    """

    given: DeepMap
    scaled: DeepMap
    centre: Float[np.ndarray, " d"]
    unit: Float[np.ndarray, " d"]

    def states(self, y: Float[np.ndarray, "*batch d"]) -> Float[np.ndarray, "*batch d"]:
        """Return x = c + S y."""
        return np.asarray(self.centre + self.unit * y)

    def scaled_states(self, x: Float[np.ndarray, "*batch d"]) -> Float[np.ndarray, "*batch d"]:
        """Return y = (x − c)/S."""
        return np.asarray((x - self.centre) / self.unit)


def in_its_own_units(f: DeepMap, states: Float[np.ndarray, "count d"] | None) -> ScaledMap:
    """Choose c and S from the states that came with the map, or else from its first layer.

    S x is the change of a coordinate that moves some pre-activation of the first layer by 2. A map
    whose outputs go through an activation keeps its coordinates: that function sets them.

    Raises
    ------
    InputError
        If this is no single map of R^d into itself, or one of its numbers is not finite.
    """
    _require_usable(f)
    if goes_through_an_activation(f):
        return ScaledMap(f, f, np.zeros(f.dimension), np.ones(f.dimension))
    steepest = np.abs(f.weights[0]).max(0)
    with np.errstate(divide="ignore"):
        bend = _BEND / steepest
    centre = np.zeros(f.dimension)
    if states is not None:
        low, high = states.min(0), states.max(0)
        centre = (low + high) / 2
        bend = np.where(high > low, (high - low) / 2, bend)
    unit = np.minimum(bend, _LARGEST_UNIT * (1 + np.abs(centre)))
    weights, biases = list(f.weights), list(f.biases)
    biases[0] = biases[0] + weights[0] @ centre
    weights[0] = weights[0] * unit
    weights[-1] = weights[-1] / unit[:, None]
    biases[-1] = (biases[-1] - centre) / unit
    scaled = replace(f, weights=tuple(weights), biases=tuple(biases))
    return ScaledMap(f, scaled, centre, unit)


def goes_through_an_activation(f: DeepMap) -> bool:
    """Tell whether the outputs do."""
    *_, (_, _, activated) = f.layers
    return bool(activated)


def with_stretched_units(f: DeepMap, factors: Float[np.ndarray, " scales"]) -> DeepMap:
    """Return the batch of maps in which every argument z of an activation is s·z instead."""
    weights, biases = [], []
    for weight, bias, activated in f.layers:
        s = factors if activated else np.ones_like(factors)
        weights.append(s[:, None, None] * weight)
        biases.append(s[:, None] * bias)
    return replace(f, weights=tuple(weights), biases=tuple(biases))


def _require_usable(f: DeepMap) -> None:
    if f.batch_shape:
        raise InputError(
            f"one map is analysed at a time, not a batch of shape {f.batch_shape}: index the batch"
        )
    outputs = f.weights[-1].shape[-2]
    if outputs != f.dimension:
        raise InputError(
            f"a map that is applied again and again needs as many outputs as inputs, but this one "
            f"takes {f.dimension} numbers and gives {outputs}: analyse a network from R^d to R^d"
        )
    for k, layer in enumerate(f.layers):
        for name, tensor in {"weight matrix": layer.weight, "bias": layer.bias}.items():
            wrong = int((~np.isfinite(tensor)).sum())
            if wrong:
                raise InputError(
                    f"the {name} of layer {k} has {wrong} entries that are not finite: give the "
                    f"trained network, with numbers in all places"
                )
