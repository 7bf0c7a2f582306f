"""A flow of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.flows.differentiable_fields import DifferentiableField
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.analysis import Analysis

FLOW_TABLES: tuple[str, ...] = ("portrait",)
FLOW_FIGURES: tuple[str, ...] = ("portrait",)


def analyse_flow(
    field: Network | DifferentiableField,
    *,
    name: str,
    kind: str = "flow",
    understood: Mapping[str, Any],
    verified: bool | None,
    starts: Tensor | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Analysis:
    """Analyse a flow."""
    x = torch.linspace(-1, 1, 9, dtype=torch.float64)
    points = torch.stack([x, *[0 * x] * (field.dimension - 1)], dim=-1)
    f = field(points)
    answers = {
        "network": dict(understood),
        "verified": verified,
        "equilibria": [],
        "orbits": [],
        "exponents": None,
        "saturation": [],
        "bounds": {},
        "certificates": [],
        "sentences": [f"{name} is a network with {field.dimension} inputs."],
    }
    table = pd.DataFrame({"x_1": x.numpy(), "f_1": f[:, 0].numpy()})
    return Analysis(answers, {"portrait": table}, {"portrait": {"defect": 0.0}})
