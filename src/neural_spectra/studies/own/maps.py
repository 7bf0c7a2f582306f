"""A map of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from torch import Tensor

from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.own.analysis import Analysis

MAP_TABLES: tuple[str, ...] = ("affine_maps",)
MAP_FIGURES: tuple[str, ...] = ("affine_maps",)


def analyse_map(
    f: DeepMap,
    *,
    name: str,
    understood: Mapping[str, Any],
    verified: bool | None,
    states: Tensor | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Analysis:
    """Analyse a map."""
    answers = {"network": dict(understood), "verified": verified, "sentences": [name]}
    return Analysis(answers, {"affine_maps": pd.DataFrame({"x_1": [0.0], "f_1": [0.0]})})
