"""Saturation slows the clock: the same orbit and multipliers, run ever more slowly.

A saturated tanh unit is an exponential one: 1 − tanh(m + u) = ε e^(−2u) / (1 + ε/2 · e^(−2u)) with
ε = 2 e^(−2m). So a network of them is ε·g(x), where g hardly depends on m.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.jacobian_bounds import log_norm_product_bound
from neural_spectra.bounds.regions import balls
from neural_spectra.bounds.saturation import log_saturation_on_cells
from neural_spectra.flows.reference_systems import AnyPoints, Jacobians, Points, StuartLandau
from neural_spectra.flows.shooting import refine_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.train_stuart_landau import training_data
from neural_spectra.studies.tables import Computed, tabulated

# Of the fit, and on an orbit.
RADIUS, POINTS = 1.5, 2000
SPREAD, RIDGE = 0.5, 1e-12
SEGMENTS, RTOL, ATOL = 60, 1e-12, 1e-12


@dataclass(frozen=True)
class ShiftedNetwork:
    """The network f(x) = Σ c_j (1 − tanh(m + w_j·x)) + ε d in the time ε·t, for each m of a batch.

    Its field there, g = f / ε, is computed without the cancellation that f has.

    Parameters
    ----------
    inputs
        The weights w_j.
    outputs
        The weights c_j.
    offset
        d.
    shift
        m.
    """

    inputs: Float[Tensor, "units dimension"]
    outputs: Float[Tensor, "dimension units"]
    offset: Float[Tensor, " dimension"]
    shift: Float[Tensor, " batch"]

    @property
    def dimension(self) -> int:
        """Dimension of the state."""
        return self.inputs.shape[-1]

    @property
    def log_epsilon(self) -> Float[Tensor, " batch"]:
        """Return ln ε of each member."""
        return math.log(2) - 2 * self.shift

    def __getitem__(self, index: Any) -> ShiftedNetwork:
        """Index the batch axis."""
        return replace(self, shift=self.shift[index])

    def __call__(self, x: AnyPoints) -> Points:
        """Evaluate g."""
        return self.value_and_jacobian(x)[0]

    def jacobian(self, x: AnyPoints) -> Jacobians:
        """Evaluate Dg."""
        return self.value_and_jacobian(x)[1]

    def value_and_jacobian(self, x: AnyPoints) -> tuple[Points, Jacobians]:
        """Evaluate g and Dg together."""
        exponential = torch.exp(-2 * x @ self.inputs.mT)
        denominator = 1 + (-2 * self.shift).exp()[..., None, None] * exponential
        value = (exponential / denominator) @ self.outputs.mT + self.offset
        slopes = -2 * exponential / denominator.square()
        return value, (self.outputs * slopes.unsqueeze(-2)) @ self.inputs

    def network(self) -> Network:
        """Return f itself, as a network of tanh units."""
        ones = torch.ones(len(self.shift), 1, 1, dtype=torch.float64)
        offset = self.log_epsilon.exp()[:, None] * self.offset + self.outputs.sum(-1)
        biases = self.shift[:, None] * ones[..., 0].expand(-1, len(self.inputs)), offset
        weights = self.inputs * ones, -self.outputs * ones
        return Network(weights, biases, activation_named("tanh"))


def fitted(oscillator: StuartLandau, units: int, shifts: list[float]) -> ShiftedNetwork:
    """Fit exponential units to the oscillator by ridge least squares; m is shifted afterwards."""
    x, y = training_data(oscillator, radius=RADIUS, points=POINTS)
    generator = torch.Generator().manual_seed(0)
    inputs = SPREAD * torch.randn(units, 2, generator=generator, dtype=torch.float64)
    features = torch.cat([torch.exp(-2 * x @ inputs.mT), torch.ones_like(x[:, :1])], dim=1)
    penalty = math.sqrt(RIDGE * len(x)) * torch.eye(units + 1, dtype=torch.float64)
    targets = torch.cat([y, torch.zeros(units + 1, 2, dtype=torch.float64)])
    found = torch.linalg.lstsq(torch.cat([features, penalty]), targets).solution
    return ShiftedNetwork(
        inputs, found[:-1].mT.contiguous(), found[-1], torch.tensor(shifts, dtype=torch.float64)
    )


def slow_clock(*, system: Mapping[str, float], units: int, shifts: list[float]) -> Computed:
    """Follow the orbit of a network whose bias alone is shifted, in the time ε·t.

    Parameters
    ----------
    units
        How many units the network has.
    shifts
        The shifts m of all biases of its hidden layer.

    Returns
    -------
    Computed
        ``slow_clock``: the points of each orbit, with the numbers of the orbit in every row; of the
        network itself, in its own time. docs/data_dictionary.md has the columns.
    """
    oscillator = StuartLandau(**system)
    field = fitted(oscillator, units, shifts)
    times = oscillator.period * torch.arange(SEGMENTS, dtype=torch.float64) / SEGMENTS
    guess = oscillator.orbit(times).expand(len(shifts), -1, -1)
    period = torch.full((len(shifts),), oscillator.period, dtype=torch.float64)
    orbits = refine_periodic_orbits(field, guess, period, RTOL, ATOL)
    found = orbits.multipliers()

    network = field.network()
    radius = 1.1 * orbits.points.norm(dim=-1).amax(-1)
    log_delta = log_saturation_on_cells(
        network, balls(torch.zeros_like(guess[:, :1]), radius[:, None])
    )
    bound = log_norm_product_bound(network, log_delta)
    log_period = orbits.period.log() - field.log_epsilon
    columns = {
        "epsilon": field.log_epsilon.exp(),
        "delta": log_delta[:, 0].exp(),
        "bound": bound.exp(),
        "period": log_period.exp(),
        "rescaled_period": orbits.period,
        "bound_period": (bound + log_period).exp(),
        "ln_det": orbits.propagators.log_determinant,
        "ln_modulus": found.log_modulus[:, -1],
    }
    table = tabulated(
        {"m": shifts, "point": range(SEGMENTS)},
        {name: values[:, None] for name, values in columns.items()}
        | {"x": orbits.points[..., 0], "y": orbits.points[..., 1]},
    )
    residuals = {
        "shooting_defect": orbits.shooting_defect,
        "liouville_defect": orbits.propagators.liouville_defect,
        "multiplier_error": found.error_estimate,
        "trivial_multiplier_defect": found.log_modulus[:, 0].abs(),
    }
    return Computed(table, {name: values.max().item() for name, values in residuals.items()})
