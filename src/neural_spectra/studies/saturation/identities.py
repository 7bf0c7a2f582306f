"""The paper's statements about any network: tried on random ones, and at special values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.activations.torch_activations import ACTIVATIONS, activation_named
from neural_spectra.bounds import jacobian_bounds as bounds
from neural_spectra.bounds import saturation
from neural_spectra.bounds.regions import Ball, all_cells
from neural_spectra.bounds.spectral_norms import spectral_norm
from neural_spectra.flows.monodromy import propagate_along
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.networks.initialisation import initialise, margin_for_saturation, shift_bias
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.random_numbers_on_any_device import normal, uniform
from neural_spectra.studies.tables import Computed, tabulated

SEEDS = range(16)
DIMENSION, WIDTH = 3, 16
DEPTHS = (1, 2, 3)  # hidden layers
BALL = Ball(torch.zeros(DIMENSION, dtype=torch.float64), 1.0)
POINTS = BALL.cells(6, all_cells(6)).points


def identities(*, system: Mapping[str, float], solver: Mapping[str, Any]) -> Computed:
    """Hold what the theorems say against networks, matrices and slopes that nobody trained.

    Returns
    -------
    Computed
        ``identities``: check, case, seed, value, theory. In ``attenuation`` and ``trace`` theory is
        an upper bound of the value, elsewhere it is what the value should be.
    """
    of_networks = [product_formula(), attenuation(), tightness()]
    of_others = [trace(), slopes(), oscillator(system, solver)]
    table = pd.concat(of_networks + of_others, ignore_index=True)
    bounded = table["check"].isin(["attenuation", "trace"])
    residuals = {
        "excess": (table["value"] / table["theory"] - 1)[bounded].max().item(),
        "error": (table["value"] - table["theory"])[~bounded].abs().max().item(),
    }
    return Computed(table, residuals)


def product_formula() -> pd.DataFrame:
    """Compare the Jacobian as a product of layers (Proposition 2.1) with automatic derivatives."""
    tables = []
    for activation in ACTIVATIONS.values():
        for depth in DEPTHS:
            network = initialise(DIMENSION, [WIDTH] * depth, SEEDS, activation)
            automatic = automatic_jacobian(network, POINTS)
            distance = (network.jacobian(POINTS) - automatic).abs().amax((-3, -2, -1))
            error = distance / automatic.abs().amax((-3, -2, -1))
            case = f"{activation.name}, {depth} hidden"
            tables.append(_rows("product_formula", case, error, torch.zeros(())))
    return pd.concat(tables)


def automatic_jacobian(network: Network, x: Tensor) -> Tensor:
    """Differentiate f by reverse accumulation, output by output."""
    x = x.expand(*network.batch_shape, *x.shape).clone().requires_grad_()
    sums = network(x).sum((0, 1))
    rows = [torch.autograd.grad(value, x, retain_graph=True)[0] for value in sums]
    return torch.stack(rows, -2)


def attenuation() -> pd.DataFrame:
    """Hold ‖Df‖ against C_W δ^q (Theorem 3.3), with the first q layers shifted into saturation."""
    tables = []
    for name in ("tanh", "sigmoid", "silu"):
        for depth in DEPTHS:
            network = initialise(DIMENSION, [WIDTH] * depth, SEEDS, activation_named(name))
            for saturated in range(1, depth + 1):
                shifted = _with_shifted_layers(network, saturated)
                norm = bounds.jacobian_norm(shifted, POINTS).amax(-1)
                delta = saturation.log_saturation(shifted, BALL).exp()
                bound = bounds.uniform_bound(shifted, delta, saturated)
                case = f"{name}, {saturated} of {depth} layers saturated"
                tables.append(_rows("attenuation", case, norm, bound))
    return pd.concat(tables)


def _with_shifted_layers(network: Network, count: int) -> Network:
    """Shift the first layers' biases by so much that no tanh or sigmoid unit crosses zero."""
    radii = [BALL.radius, *[math.sqrt(WIDTH)] * (count - 1)]
    shifted = [shift_bias(network.weights[k], 1.0, radius) for k, radius in enumerate(radii)]
    return replace(network, biases=(*shifted, *network.biases[count:]))


def tightness(delta: float = 0.1) -> pd.DataFrame:
    """Take ‖Df‖ / C_W where the bound is attained: it should be δ^q, with all q layers saturated.

    All units of a layer are the same, so that the singular vectors of neighbouring weights are
    parallel and every unit is least saturated at the same point of the ball.
    """
    activation = activation_named("tanh")
    margin = margin_for_saturation(activation, delta)
    generator = torch.Generator().manual_seed(0)
    ones = torch.ones(len(SEEDS), WIDTH, 1, dtype=torch.float64)
    tables = []
    for depth in DEPTHS:
        first = normal(generator, len(SEEDS), 1, DIMENSION)
        gains = uniform(generator, depth - 1, len(SEEDS), 1, 1, low=0.1, high=1.0)
        deeper = [gain * ones @ ones.mT for gain in gains]
        last = normal(generator, len(SEEDS), DIMENSION, 1) @ ones.mT
        weights = (ones @ first, *deeper, last)
        biases = (
            shift_bias(weights[0], margin, BALL.radius),
            *(margin - math.tanh(margin) * weight.sum(-1) for weight in deeper),
            torch.zeros(len(SEEDS), DIMENSION, dtype=torch.float64),
        )
        network = Network(weights, biases, activation)
        least_saturated = -first / torch.linalg.vector_norm(first, dim=-1, keepdim=True)
        norm = bounds.jacobian_norm(network, least_saturated)[:, 0]
        factor = bounds.weight_factor(network, depth)
        found = saturation.log_saturation(network, BALL).exp()
        theory = bounds.uniform_bound(network, found, depth) / factor
        tables.append(_rows("tightness", f"{depth} layers saturated", norm / factor, theory))
    return pd.concat(tables)


def trace() -> pd.DataFrame:
    """Hold |tr A| against d ‖A‖."""
    generator = torch.Generator().manual_seed(0)
    tables = []
    for d in (2, 3, 4, 8):
        matrices = normal(generator, len(SEEDS), d, d)
        value = matrices.diagonal(dim1=-2, dim2=-1).sum(-1).abs()
        tables.append(_rows("trace", f"d = {d}", value, d * spectral_norm(matrices)))
    return pd.concat(tables)


def slopes() -> pd.DataFrame:
    """Take the extreme slopes of activations that the text names."""
    silu = activation_named("silu")
    low, high, far = torch.tensor([-2.0, 2.0, math.inf], dtype=torch.float64)
    smallest, _ = silu.abs_slope_range(low, high)
    rows = [
        ("largest_slope", "tanh", activation_named("tanh").lipschitz, 1.0),
        ("largest_slope", "sigmoid", activation_named("sigmoid").lipschitz, 0.25),
        ("smallest_slope", "silu on [-2, 2]", smallest.item(), 0.0),
        ("limit_of_slope", "silu", silu.slope(far).item(), 1.0),
    ]
    table = pd.DataFrame(rows, columns=["check", "case", "value", "theory"])
    table.insert(2, "seed", 0)
    return table


def oscillator(system: Mapping[str, float], solver: Mapping[str, Any]) -> pd.DataFrame:
    """Integrate the exact oscillator's variational equation: ln det M should be −2 mu T."""
    field = StuartLandau(**system)
    tolerances = solver["segments"], solver["rtol"], solver["atol"]
    found = propagate_along(field, field.orbit, field.period, *tolerances)
    columns = {"value": found.log_determinant.reshape(1), "theory": field.log_determinant}
    return tabulated({"seed": [0]}, columns, check="oscillator_ln_det", case="exact field")


def _rows(check: str, case: str, value: Tensor, theory: Tensor) -> pd.DataFrame:
    columns = {"value": value, "theory": theory}
    return tabulated({"seed": SEEDS}, columns, check=check, case=case)
