"""Where to look at a field that nobody told anything about: places, sizes, a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.quasirandom import SobolEngine

from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.rescaled_fields import Rescaled
from neural_spectra.networks.multilayer_perceptron import Network

# Half the width of the box of starts, in sizes.
REACH = 2.0
_ENOUGH_STATES = 8
_ALIKE = 1e-9


@dataclass(frozen=True)
class Place:
    """Where the field is looked at.

    Parameters
    ----------
    centre, sizes
        Middle of the states of interest, and how far they spread along each coordinate.
    starts
        Where trajectories start.
    unit
        The time in which a trajectory crosses such a size.
    origin
        In words, what tells all this.
    """

    centre: Float[Tensor, " dimension"]
    sizes: Float[Tensor, " dimension"]
    starts: Float[Tensor, "starts dimension"]
    unit: float
    origin: str

    def own(self, field: Field) -> Rescaled:
        """Return the field in these coordinates and this time, as a batch of one."""
        unit = torch.tensor([self.unit], dtype=torch.float64)
        return Rescaled(field, self.centre.unsqueeze(0), self.sizes.unsqueeze(0), unit)

    def to_own(self, x: Tensor) -> Tensor:
        """Return states in these coordinates."""
        return (x - self.centre) / self.sizes

    def from_own(self, y: Tensor) -> Tensor:
        """Return the states at these coordinates."""
        return self.centre + self.sizes * y


def place_of(field: Field, states: Tensor | None, count: int, seed: int) -> Place:
    """Choose places, sizes and clock from the states that are given, or from the field itself.

    The first layer of a network tells where its units change and over what widths: inputs that were
    millivolts show as weights of a hundredth. A field without layers has the size 1 around 0.

    Parameters
    ----------
    field
        A single field.
    states
        States that came with it, if any.
    count, seed
        How many trajectories to start, and the seed of the places that are drawn.
    """
    sizes = torch.ones(field.dimension, dtype=torch.float64)
    centre, origin = torch.zeros_like(sizes), "the unit box around the origin"
    if isinstance(field, Network):
        centre, sizes = _of_first_layer(field)
        origin = "the box in which the units of the first layer change"
    few = torch.zeros(0, field.dimension, dtype=torch.float64)
    if states is not None and len(states):
        states = states.to(torch.float64)
        centre, origin = states.mean(0), "the states that came with it"
        if len(states) >= _ENOUGH_STATES:
            spread = states.std(0)
            moves = spread > _ALIKE * states.abs().amax()
            sizes = spread.where(moves, sizes)
        generator = torch.Generator().manual_seed(seed)
        chosen = torch.randperm(len(states), generator=generator)[: max(1, count // 2)]
        few = states[chosen.sort().values]
    around = centre + REACH * sizes * spread_out(count - len(few), field.dimension, seed)
    starts = torch.cat([few, around])[:count]
    speeds = (field(starts) / sizes).norm(dim=-1)
    speed = speeds[speeds.isfinite() & (speeds > 0)]
    unit = 1 / speed.median().item() if len(speed) else 1.0
    return Place(centre, sizes, starts, unit, origin)


def spread_out(count: int, dimension: int, seed: int) -> Float[Tensor, "count dimension"]:
    """Return points spread evenly over the box from −1 to 1."""
    if count <= 0:
        return torch.zeros(0, dimension, dtype=torch.float64)
    engine = SobolEngine(dimension, scramble=True, seed=seed)  # type: ignore[no-untyped-call]
    points: Tensor = engine.draw(count, dtype=torch.float64)
    return 2 * points - 1


def _of_first_layer(network: Network) -> tuple[Tensor, Tensor]:
    """Return where the pre-activations W x + b are small, and over what widths they change."""
    weight, bias = network.weights[0], network.biases[0]
    steepness = weight.square().mean(0).sqrt()
    steepness = steepness.where(steepness > 0, steepness.amax()).where(steepness.amax() > 0, 1.0)
    found = torch.linalg.lstsq(weight / steepness, -bias.unsqueeze(-1), driver="gelsd").solution
    centre = found.squeeze(-1) / steepness
    left = (weight @ centre + bias).square().mean().sqrt()
    return centre, (1 + left) / steepness / REACH
