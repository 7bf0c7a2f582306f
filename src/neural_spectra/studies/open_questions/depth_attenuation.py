"""How far the bound C_W δ^q is from sup‖Df‖, by the number of layers and of saturated ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.jacobian_bounds import uniform_bound
from neural_spectra.bounds.regions import Ball, Circle, all_cells
from neural_spectra.bounds.saturation import slope_norms
from neural_spectra.bounds.spectral_norms import spectral_norm
from neural_spectra.networks.initialisation import initialise, margin_for_saturation
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.tables import Computed, tabulated

# Suprema of smooth functions are taken over 2^LEVEL points of the disc, half of them on its edge;
# four times as many tell the error of that.
LEVEL, FINER = 7, 9


def depth_attenuation(
    *,
    layers: Sequence[int],
    width: int,
    seeds: Sequence[int],
    deltas: Sequence[float],
    radius: float,
) -> Computed:
    """Saturate none to all of the hidden layers of tanh networks, and measure sup‖Df‖.

    Parameters
    ----------
    layers
        Numbers of hidden layers.
    width
        Number of units in each of them.
    seeds
        The replicates, which draw the weights, and the order in which layers are saturated.
    deltas
        Largest slope δ on U of every unit of a saturated layer.
    radius
        Of the disc U.

    Returns
    -------
    Computed
        ``depth_attenuation``, a row for each number of layers and of saturated ones, δ and seed.
    """
    activation = activation_named("tanh")
    points, finer = _disc(radius, LEVEL), _disc(radius, FINER)
    margins = torch.tensor(
        [margin_for_saturation(activation, delta) for delta in deltas], dtype=torch.float64
    )
    delta = torch.tensor(deltas, dtype=torch.float64).unsqueeze(-1)
    tables, errors, excesses = [], [0.0], [0.0]
    for count in layers:
        drawn = initialise(2, [width] * count, seeds, activation).scaled([1.0] * len(deltas))
        unsaturated = _largest_norm(drawn, finer)
        for q in range(count + 1):
            chosen = _first_of_order(count, seeds) < q
            network = saturated(drawn, chosen, margins, points)
            slopes = delta.where(chosen.unsqueeze(1), 1.0)
            bound = uniform_bound(network, slopes, q)
            norm = _largest_norm(network, finer)
            tables.append(
                tabulated(
                    {"seed": seeds, "delta": deltas},
                    {
                        "jacobian_norm": norm,
                        "bound": bound,
                        "ln_jacobian_norm": norm.log(),
                        "slack": bound / norm,
                        "slack_per_layer": (bound / norm) ** (1 / count),
                        "attenuation": norm / unsaturated,
                    },
                    layers=count,
                    saturated=q,
                )
            )
            errors.append(float((norm / _largest_norm(network, points) - 1).max()))
            steepest = slope_norms(network, finer).amax(-2) / slopes - 1
            excesses.append(float(steepest.where(chosen.unsqueeze(1), 0.0).abs().max()))
    table = pd.concat(tables, ignore_index=True)
    return Computed(table, {"sampling_error": max(errors), "delta_error": max(excesses)})


def saturated(
    network: Network,
    chosen: Bool[Tensor, "seeds layers"],
    margins: Float[Tensor, " deltas"],
    points: Float[Tensor, "points dimension"],
) -> Network:
    """Shift biases so that every unit of the chosen layers has its margin as smallest a.

    Parameters
    ----------
    network
        With batch shape ``(seeds, deltas)``.
    chosen
        Which hidden layers of each seed.
    margins
        The smallest pre-activation over the points, one for each δ.
    points
        Where pre-activations are looked at.
    """
    for k in range(network.hidden_layers):
        lowest = network.pre_activations(points)[k].amin(-2)
        shift = (margins.unsqueeze(-1) - lowest).where(chosen[:, None, None, k], 0.0)
        biases = list(network.biases)
        biases[k] = biases[k] + shift
        network = replace(network, biases=tuple(biases))
    return network


def _first_of_order(count: int, seeds: Sequence[int]) -> Int[Tensor, "seeds layers"]:
    """Return each layer's place in the order in which the layers of a seed are saturated."""
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    return torch.stack([torch.randperm(count, generator=generator) for generator in generators])


def _disc(radius: float, level: int) -> Float[Tensor, "points dimension"]:
    inside = Ball(torch.zeros(2, dtype=torch.float64), radius).cells(
        level - 1, all_cells(level - 1)
    )
    edge = Circle(radius).cells(level - 1, all_cells(level - 1))
    return torch.cat([inside.points, edge.points])


def _largest_norm(network: Network, points: Tensor) -> Float[Tensor, "*batch"]:
    return spectral_norm(network.jacobian(points)).amax(-1)
