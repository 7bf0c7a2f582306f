"""Networks of a neuron's potential and gate as a family over the current, as the neuron itself is.

The current enters V' alone, as I/C: a network that was fitted under one current stands for all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.reference_systems import Jacobians, Points, ReferenceSystem
from neural_spectra.networks.multilayer_perceptron import Network


@dataclass(frozen=True)
class UnderCurrents(ReferenceSystem):
    """A network of (V, N) under all currents at once: the states (V, N, I), with I' = 0.

    Here I is what is added to the current that the network was fitted under.

    Parameters
    ----------
    network
        A single one.
    capacitance
        C.
    """

    network: Network
    capacitance: float
    dimension = 3

    def __call__(self, x: Points) -> Points:
        """Evaluate f."""
        velocity = self.network(x[..., :2])
        return self._with_current(velocity, x[..., 2])

    def value_and_jacobian(self, x: Points) -> tuple[Points, Jacobians]:
        """Evaluate f and Df."""
        velocity, of_states = self.network.value_and_jacobian(x[..., :2])
        jacobian = torch.nn.functional.pad(of_states, (0, 1, 0, 1))
        jacobian[..., 0, 2] = 1 / self.capacitance
        return self._with_current(velocity, x[..., 2]), jacobian

    def _with_current(self, velocity: Tensor, current: Tensor) -> Tensor:
        inward = velocity[..., 0] + current / self.capacitance
        return torch.stack((inward, velocity[..., 1], torch.zeros_like(inward)), dim=-1)

    def under(self, currents: Float[Tensor, " currents"]) -> Network:
        """Return the network under each of the currents."""
        count = len(currents)
        first, last = self.network.biases
        shift = torch.stack((currents / self.capacitance, torch.zeros_like(currents)), dim=-1)
        return replace(
            self.network,
            weights=tuple(weight.expand(count, -1, -1) for weight in self.network.weights),
            biases=(first.expand(count, -1), last + shift),
        )
