"""A network's own cycle, so short that the window for single multipliers says something of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.own_orbits import own_orbits
from neural_spectra.studies.tables import Computed

# Near the cycle, which attracts by 5 % in a turn only.
START = 0.6
SHOWN = ["period", "ln_det", "liouville_defect", "farthest", "bound", "bound_period"]


def weakly_driven_rotation() -> Network:
    """Return ẋ = J tanh(x) − 0.095 tanh(x) + (0.1/1.3) tanh(1.3 x), J a quarter turn.

    The origin repels at the rate 0.005, and the steeper pair of units saturates first.
    """
    identity = torch.eye(2, dtype=torch.float64)
    quarter = torch.tensor([[0.0, -1.0], [1.0, 0.0]], dtype=torch.float64)
    weights = (
        torch.cat([identity, 1.3 * identity])[None],
        torch.cat([quarter - 0.095 * identity, 0.1 / 1.3 * identity], dim=1)[None],
    )
    biases = torch.zeros(1, 4, dtype=torch.float64), torch.zeros(1, 2, dtype=torch.float64)
    return Network(weights, biases, activation_named("tanh"))


def window_on_a_cycle(*, search: Mapping[str, Any]) -> Computed:
    """Find the cycle and hold C(U)·T, the half width of the window of ln|μ|, against it.

    Parameters
    ----------
    search
        See `close_returns.Search`.

    Returns
    -------
    Computed
        ``window_on_a_cycle``: a row with some of the columns of ``monodromy``.
    """
    network = weakly_driven_rotation()
    orbit, _ = own_orbits("rotation", network, [0], scales=[1.0], starts=[START], search=search)
    return Computed(orbit.table[SHOWN], orbit.residuals)
