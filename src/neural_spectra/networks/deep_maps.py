"""Deep networks as discrete maps x ↦ f(x), one or a batch of them (arXiv:2011.13492, eq. (3))."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.scalar_activation import ScalarActivation
from neural_spectra.errors import InputError


class Layer(NamedTuple):
    """An affine map, and the activation that follows it, if one does."""

    weight: Float[np.ndarray, "*batch out in"]
    bias: Float[np.ndarray, "*batch out"]
    activation: ScalarActivation | None


@dataclass(frozen=True)
class DeepMap:
    """The map f = σ_L ∘ (A_L · + b_L) ∘ … ∘ σ_0 ∘ (A_0 · + b_0), or a batch of such maps.

    Eq. (3a) has no activation on the output, but the attractors of the paper's Fig. 6 occur only
    with one; so it is an option, and on unless said otherwise. A map without batch axes is the same
    for every member of a batch. All is computed in float64, whatever the weights come in.

    Parameters
    ----------
    weights
        The matrices A_0, …, A_L; the leading axes are the batch.
    biases
        The vectors b_0, …, b_L; zeros for a network without bias.
    activation
        σ, the same in all layers, or one for each that has one.
    output_activation
        Whether one also follows the last affine map.

    Raises
    ------
    InputError
        If there is no layer, a weight or bias lacks an axis, the sizes or the batch axes of two
        layers do not fit together, or there are not as many activations as activated layers.

    Examples
    --------
    >>> import numpy as np, neural_spectra
    >>> f = neural_spectra.deep_map("tanh", [np.eye(2), np.eye(2)])
    >>> isinstance(f, neural_spectra.DeepMap), f.dimension
    (True, 2)
    """

    weights: tuple[Float[np.ndarray, "*#batch _ _"], ...]
    biases: tuple[Float[np.ndarray, "*#batch _"], ...]
    activation: ScalarActivation | tuple[ScalarActivation, ...]
    output_activation: bool = True

    def __post_init__(self) -> None:
        if not self.weights:
            raise InputError("a deep map needs at least one weight matrix: give a depth ≥ 1")
        if len(self.weights) != len(self.biases):
            raise InputError(
                f"{len(self.weights)} weight matrices with {len(self.biases)} biases: "
                f"give one bias (zeros for none) for each weight matrix"
            )
        for name in ("weights", "biases"):
            in_float64 = (np.asarray(tensor, dtype=np.float64) for tensor in getattr(self, name))
            object.__setattr__(self, name, tuple(in_float64))
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            if weight.ndim < 2 or bias.ndim < 1:
                raise InputError(
                    f"layer {k} has a weight matrix of shape {weight.shape} and a bias of shape "
                    f"{bias.shape}: one lacks an axis, they need (…, out, in) and (…, out)"
                )
            if weight.shape[-2] != bias.shape[-1]:
                raise InputError(
                    f"the weight matrix of layer {k} has {weight.shape[-2]} rows but its bias "
                    f"{bias.shape[-1]} entries: give them the same size"
                )
        for k, (weight, following) in enumerate(pairwise(self.weights)):
            if weight.shape[-2] != following.shape[-1]:
                raise InputError(
                    f"layer {k} has {weight.shape[-2]} outputs but layer {k + 1} takes "
                    f"{following.shape[-1]}: give the next matrix as many columns as this has rows"
                )
        activated = len(self.weights) - 1 + self.output_activation
        if len(self.activations) != activated:
            raise InputError(
                f"{len(self.activations)} activations for {activated} activated layers: give one "
                f"for each, or a single one for all"
            )
        try:
            np.broadcast_shapes(*self._leading_axes)
        except ValueError as error:
            raise InputError(
                f"the layers have the batch axes {self._leading_axes}: give all weights and biases "
                f"the same, or none where they are the same for the whole batch"
            ) from error

    @property
    def batch_shape(self) -> tuple[int, ...]:
        """Shape of the leading batch axes, ``()`` for a single map."""
        return np.broadcast_shapes(*self._leading_axes)

    @property
    def _leading_axes(self) -> list[tuple[int, ...]]:
        weights = [weight.shape[:-2] for weight in self.weights]
        return weights + [bias.shape[:-1] for bias in self.biases]

    @property
    def dimension(self) -> int:
        """The number of inputs."""
        return int(self.weights[0].shape[-1])

    @property
    def activations(self) -> tuple[ScalarActivation, ...]:
        """The activation of each activated layer."""
        if isinstance(self.activation, ScalarActivation):
            return (self.activation,) * (len(self.weights) - 1 + self.output_activation)
        return self.activation

    @property
    def layers(self) -> Iterator[Layer]:
        """Every layer, the first first."""
        activations = self.activations if self.output_activation else (*self.activations, None)
        return map(Layer, self.weights, self.biases, activations)

    def __getitem__(self, index: Any) -> DeepMap:
        """Index the batch axes; a map without any serves every member."""
        batch = self.batch_shape
        if not batch:
            return self
        # Some weights and biases may be the same for all of the batch.
        weights = (np.broadcast_to(w, (*batch, *w.shape[-2:])) for w in self.weights)
        biases = (np.broadcast_to(b, (*batch, b.shape[-1])) for b in self.biases)
        return DeepMap(
            tuple(weight[index] for weight in weights),
            tuple(bias[index] for bias in biases),
            self.activation,
            self.output_activation,
        )

    def __call__(
        self, x: Float[np.ndarray, "*#batch points in"]
    ) -> Float[np.ndarray, "*#batch points out"]:
        """Return f(x)."""
        x = self._cloud(x)
        for layer in self.layers:
            x = x @ layer.weight.mT + layer.bias[..., None, :]
            if layer.activation:
                x = layer.activation.function(x)
        return x

    def pre_activations(
        self, x: Float[np.ndarray, "*#batch points in"]
    ) -> list[Float[np.ndarray, "*#batch points _"]]:
        """Return the arguments z of σ in every activated layer."""
        x, found = self._cloud(x), []
        for layer in self.layers:
            x = x @ layer.weight.mT + layer.bias[..., None, :]
            if layer.activation:
                found.append(x)
                x = layer.activation.function(x)
        return found

    def jacobian(
        self, x: Float[np.ndarray, "*#batch points in"]
    ) -> Float[np.ndarray, "*#batch points out in"]:
        """Return the derivative Df(x), one-sided at kinks like the activation's slope.

        It is not A*(x) of `pointwise_affine.linearise`: the two agree for piecewise linear σ with
        σ(0) = 0 and kinks at 0 only (Proposition 12), and differ for all others.
        """
        x = self._cloud(x)
        # The transpose is carried: the rows of all points go through a layer as one matrix.
        points, inputs = x.shape[-2:]
        transposed = np.broadcast_to(np.eye(inputs), (*x.shape, inputs))
        for layer in self.layers:
            x = x @ layer.weight.mT + layer.bias[..., None, :]
            rows = transposed.reshape(*transposed.shape[:-3], points * inputs, transposed.shape[-1])
            rows = rows @ layer.weight.mT
            transposed = rows.reshape(*rows.shape[:-2], points, inputs, rows.shape[-1])
            if layer.activation:
                transposed = layer.activation.slope(x)[..., None, :] * transposed
                x = layer.activation.function(x)
        return np.broadcast_to(transposed.mT, (*x.shape, inputs))

    def _cloud(self, x: np.ndarray) -> np.ndarray:
        """Return points in float64, which must have an axis of their own and the right size."""
        if x.ndim < 2 or x.shape[-1] != self.dimension:
            raise InputError(
                f"points of shape {x.shape} do not fit a map with {self.dimension} inputs: they "
                f"need the axes (…, points, {self.dimension}), one point the shape "
                f"(1, {self.dimension})"
            )
        return x.astype(np.float64, copy=False)


def deep_map(
    activation: str,
    weights: Sequence[Float[np.ndarray, "*#batch _ _"]],
    biases: Sequence[Float[np.ndarray, "*#batch _"]] | None = None,
    *,
    output_activation: bool = True,
) -> DeepMap:
    """Return the map with an activation of the catalogue.

    Parameters
    ----------
    activation
        Its name.
    weights, biases, output_activation
        As `DeepMap` has them; without biases these are zeros.

    Raises
    ------
    InputError
        If there is no such activation, or as `DeepMap` says.

    Examples
    --------
    >>> import numpy as np, neural_spectra
    >>> f = neural_spectra.deep_map("relu", [np.array([[0.0, -1.0], [1.0, 0.0]])])
    >>> f(np.array([[1.0, -2.0]]))
    array([[2., 1.]])
    """
    biases = [np.zeros(weight.shape[:-1]) for weight in weights] if biases is None else biases
    sigma = scalar_activation(activation)
    return DeepMap(tuple(weights), tuple(biases), sigma, output_activation)
