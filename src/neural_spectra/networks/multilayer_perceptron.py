"""Multilayer perceptrons with frozen weights, batched over seeds and pre-activation scales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from neural_spectra.activations.activation_ranges import Activation
from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError

_FEW_INPUTS = 16


@dataclass(frozen=True)
class Network:
    r"""The vector field f(x) = W_L σ_{L-1}(W_{L-1} … σ_1(W_1 x + b_1) …) + b_L.

    All tensors may carry the same leading batch axes (one network per seed, per scale, …); a point
    cloud ``x`` then has the shape ``(*batch, points, dimension)``. A network without any is the
    same for every member of a batch. All is computed in float64, whatever the weights come in.

    Parameters
    ----------
    weights
        W_1 … W_L, each of shape ``(*batch, outputs, inputs)``.
    biases
        b_1 … b_L, each of shape ``(*batch, outputs)``.
    activation
        σ, applied to every hidden layer, or σ_1 … σ_{L−1}, one of each; names will do.

    Raises
    ------
    InputError
        If consecutive layers do not fit together, one lacks an axis, or there are not as many
        activations as hidden layers.

    Examples
    --------
    >>> import torch, neural_spectra
    >>> W, b = torch.eye(2), torch.zeros(2)
    >>> f = neural_spectra.Network((W, -W), (b, b), "tanh")
    >>> f.jacobian(torch.zeros(1, 2))[0].diagonal()
    tensor([-1., -1.], dtype=torch.float64)
    """

    weights: tuple[Tensor, ...]
    biases: tuple[Tensor, ...]
    activation: Activation | str | tuple[Activation | str, ...]

    def __post_init__(self) -> None:
        if len(self.weights) < 2 or len(self.weights) != len(self.biases):
            raise InputError(
                f"a network needs at least two layers, each with a weight and a bias; "
                f"got {len(self.weights)} weights and {len(self.biases)} biases"
            )
        for name in ("weights", "biases"):
            object.__setattr__(self, name, tuple(map(_frozen, getattr(self, name))))
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            if weight.ndim < 2:
                raise InputError(
                    f"layer {k}: a weight of shape {tuple(weight.shape)} lacks an axis; it needs "
                    f"(…, outputs, inputs)"
                )
            if weight.shape[:-2] != self.batch_shape:
                raise InputError(
                    f"layer {k} has the batch axes {tuple(weight.shape[:-2])}, but layer 1 has "
                    f"{tuple(self.batch_shape)}; all layers need the same"
                )
            if weight.shape[:-1] != bias.shape:
                raise InputError(
                    f"layer {k}: a weight of shape {tuple(weight.shape)} needs a bias of shape "
                    f"{tuple(weight.shape[:-1])}, not {tuple(bias.shape)}"
                )
            if k > 1 and weight.shape[-1] != self.weights[k - 2].shape[-2]:
                raise InputError(
                    f"layer {k} takes {weight.shape[-1]} inputs, but layer {k - 1} gives "
                    f"{self.weights[k - 2].shape[-2]} outputs; these must be equal"
                )
        if len(self.activations) != self.hidden_layers:
            raise InputError(
                f"{len(self.activations)} activations for {self.hidden_layers} hidden layers: give "
                f"one for each, or a single one for all"
            )

    @property
    def batch_shape(self) -> torch.Size:
        """Shape of the leading batch axes, ``()`` for a single network."""
        return self.weights[0].shape[:-2]

    @property
    def dimension(self) -> int:
        """Number of inputs d, the dimension of the state."""
        return self.weights[0].shape[-1]

    @cached_property
    def activations(self) -> tuple[Activation, ...]:
        """The activation of each hidden layer, σ_1 … σ_{L−1}."""
        given = self.activation
        each = (given,) * self.hidden_layers if isinstance(given, Activation | str) else given
        return tuple(activation_named(one) if isinstance(one, str) else one for one in each)

    @property
    def activation_label(self) -> str:
        """The activation's name, or those of all hidden layers where they differ."""
        names = [activation.name for activation in self.activations]
        return ", ".join(names if len(set(names)) > 1 else names[:1])

    @cached_property
    def pairs(self) -> Tensor:
        """All products of a column of W_2 with a row of W_1, for W_2 D_1 W_1 as one product."""
        return (self.weights[1].mT.unsqueeze(-1) * self.weights[0].unsqueeze(-2)).flatten(-2)

    @cached_property
    def _augmented(self) -> list[Tensor]:
        """[W_k b_k] of every layer."""
        pairs = zip(self.weights, self.biases, strict=True)
        return [torch.cat((weight, bias.unsqueeze(-1)), dim=-1) for weight, bias in pairs]

    @property
    def hidden_layers(self) -> int:
        """Number of hidden layers, L − 1."""
        return len(self.weights) - 1

    @property
    def tensors(self) -> list[Tensor]:
        """W_1, b_1, W_2, b_2, …."""
        return [*chain(*zip(self.weights, self.biases, strict=True))]

    def with_tensors(self, tensors: Sequence[Tensor]) -> Network:
        """Return a network with others, in the order of `tensors`."""
        return replace(self, weights=tuple(tensors[::2]), biases=tuple(tensors[1::2]))

    def __getitem__(self, index: Any) -> Network:
        """Index the batch axes; a network without any serves every member."""
        if not self.batch_shape:
            return self
        return self.with_tensors([tensor[index] for tensor in self.tensors])

    def scaled(self, scales: Sequence[float] | Float[Tensor, " scales"]) -> Network:
        """Replace every hidden pre-activation a by s·a, for each s in ``scales``.

        Returns
        -------
        Network
            With batch shape ``(*batch, scales)``. A scaled network is a network whose hidden
            weights and biases are s times the frozen ones: its Jacobian, its weight norms and its
            saturation need no special case.
        """
        s = torch.as_tensor(scales, dtype=torch.float64).unsqueeze(-1)
        factors = [*[s] * self.hidden_layers, torch.ones_like(s)]
        layers = zip(self.weights, self.biases, factors, strict=True)
        scaled = [(w.unsqueeze(-3) * s.unsqueeze(-1), b.unsqueeze(-2) * s) for w, b, s in layers]
        weights, biases = zip(*scaled, strict=True)
        return replace(self, weights=weights, biases=biases)

    def flattened(self) -> Network:
        """Return the same networks with all batch axes merged into one."""
        weights = tuple(weight.reshape(-1, *weight.shape[-2:]) for weight in self.weights)
        biases = tuple(bias.reshape(-1, bias.shape[-1]) for bias in self.biases)
        return replace(self, weights=weights, biases=biases)

    def members(self) -> list[Network]:
        """Return the single networks of the batch."""
        flat = self.flattened()
        return [flat[i] for i in range(flat.batch_shape[0])]

    def pre_activations(
        self, x: Float[Tensor, "... points dimension"]
    ) -> list[Float[Tensor, "*batch points width"]]:
        """Return a_1 … a_{L−1} at every point.

        Raises
        ------
        InputError
            If the points have no axis of their own, or another dimension than the network.
        """
        if x.ndim < 2 or x.shape[-1] != self.dimension:
            raise InputError(
                f"points of shape {tuple(x.shape)} do not fit a network with {self.dimension} "
                f"inputs: they need the axes (…, points, {self.dimension}), one point the shape "
                f"(1, {self.dimension})"
            )
        a = [self._affine(0, x.to(torch.float64))]
        for k in range(1, self.hidden_layers):
            a.append(self._affine(k, self.activations[k - 1].function(a[-1])))
        return a

    def __call__(
        self, x: Float[Tensor, "... points dimension"]
    ) -> Float[Tensor, "*batch points outputs"]:
        """Evaluate f."""
        return self._readout(self.pre_activations(x))

    def jacobian(
        self, x: Float[Tensor, "... points dimension"]
    ) -> Float[Tensor, "*batch points outputs dimension"]:
        """Evaluate Df(x) = W_L D_{L−1}(x) W_{L−1} … D_1(x) W_1 (Matzakos 2026, Prop. 2.1)."""
        return self.jacobian_at(self.pre_activations(x))

    def value_and_jacobian(
        self, x: Float[Tensor, "... points dimension"]
    ) -> tuple[
        Float[Tensor, "*batch points outputs"], Float[Tensor, "*batch points outputs dimension"]
    ]:
        """Evaluate f and Df from one pass through the hidden layers."""
        a = self.pre_activations(x)
        return self._readout(a), self.jacobian_at(a)

    def _affine(self, layer: int, x: Tensor) -> Tensor:
        """Return W x + b; for few inputs one product beats adding b in a second pass by far."""
        if x.shape[-1] > _FEW_INPUTS:
            return x @ self.weights[layer].mT + self.biases[layer].unsqueeze(-2)
        return pad(x, (0, 1), value=1.0) @ self._augmented[layer].mT

    def _readout(self, a: list[Tensor]) -> Tensor:
        return self._affine(self.hidden_layers, self.activations[-1].function(a[-1]))

    def jacobian_at(self, a: list[Tensor]) -> Tensor:
        """Evaluate Df where the pre-activations are a_1 … a_{L−1}."""
        slopes = [sigma.slope(a_k) for sigma, a_k in zip(self.activations, a, strict=True)]
        shape = (*slopes[0].shape[:-1], self.weights[1].shape[-2], self.dimension)
        jacobian = (slopes[0] @ self.pairs).reshape(shape)
        for slope, weight in zip(slopes[1:], self.weights[2:], strict=True):
            jacobian = weight.unsqueeze(-3) @ (slope.unsqueeze(-1) * jacobian)
        return jacobian


def one_batch(networks: Sequence[Network]) -> Network:
    """Put networks of one batch axis and equal shapes one after the other, along that axis."""
    layers = zip(*(network.tensors for network in networks), strict=True)
    return networks[0].with_tensors([*map(torch.cat, layers)])


def has_kinks(field: object) -> bool:
    """Tell whether a field is a network with an activation that is not smooth somewhere."""
    return isinstance(field, Network) and any(sigma.kinks for sigma in field.activations)


def _frozen(tensor: Tensor) -> Tensor:
    """Return weights in float64, and those of a module without what trains them."""
    if isinstance(tensor, torch.nn.Parameter):
        tensor = tensor.detach()
    return tensor.to(torch.float64)
