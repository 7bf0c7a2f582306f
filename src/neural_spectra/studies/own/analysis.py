"""What an analysis of a user's network ends in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Analysis:
    """The answers about one network.

    Parameters
    ----------
    answers
        What ``summary.json`` holds; numbers that are not known are None.
    tables
        The tables behind the answers, by name; a figure of the same name is drawn from its table.
    residuals
        Of each table that has any: what tells how far to trust its numbers.

    Examples
    --------
    >>> import neural_spectra
    >>> answers = {"sentences": ["It has one attracting cycle.", "Its period is 6.66."]}
    >>> print(neural_spectra.Analysis(answers, tables={}).summary())
    It has one attracting cycle.
    Its period is 6.66.
    """

    answers: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    residuals: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def summary(self) -> str:
        """Return the answers in plain sentences, the most important first."""
        return "\n".join(self.answers["sentences"])
