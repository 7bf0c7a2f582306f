"""A recurrent network of the user's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.studies.own.analysis import Analysis

SKEW_RNN_TABLES: tuple[str, ...] = ("skew_spectrum",)
SKEW_RNN_FIGURES: tuple[str, ...] = ("skew_spectrum",)


def analyse_skew_rnn(
    matrix: np.ndarray,
    *,
    activation: str,
    form: str,
    name: str,
    settings: Mapping[str, Any] | None = None,
) -> Analysis:
    """Analyse a recurrent network."""
    answers = {"network": {"name": name}, "verified": None, "sentences": [name]}
    values = np.linalg.eigvals(matrix)
    table = pd.DataFrame({"x_1": values.real, "f_1": values.imag})
    return Analysis(answers, {"skew_spectrum": table})
