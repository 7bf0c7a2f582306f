"""How well a number tells two kinds of cases apart."""

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neural_spectra.studies.open_questions.saturation_in_diagnostics import (
    area_under_curve,
    saturation_in_diagnostics,
)

NUMBERS = st.integers(-5, 5)


@given(st.lists(NUMBERS, min_size=1), st.lists(NUMBERS, min_size=1))
def test_the_area_is_the_share_of_pairs_in_which_the_number_is_larger(positive, others):
    pairs = list(product(positive, others))
    wins = sum((a > b) + (a == b) / 2 for a, b in pairs)
    values = np.array([*positive, *others], dtype=float)
    is_positive = np.arange(len(values)) < len(positive)
    assert area_under_curve(values, is_positive) == pytest.approx(wins / len(pairs))


def test_cases_of_one_kind_have_no_area():
    assert math.isnan(area_under_curve(np.array([1.0, 2.0]), np.array([True, True])))


def test_saturated_is_what_has_slopes_below_a_tenth():
    table = pd.DataFrame(
        {
            "system": "stuart_landau",
            "optimiser": "Adam",
            "seed": 0,
            "loss": [3.0, 2.0, 1.0, 0.5],
            "gradient_norm": [1.0, 2.0, 3.0, 4.0],
            "minus_ln_delta": -np.log([0.05, 0.09, 0.11, 1.0]),
            "target_met": [False, False, True, True],
        }
    )
    judged = saturation_in_diagnostics(table).set_index(["optimiser", "among", "diagnostic"])
    assert judged.loc[("Adam", "all", "loss"), "auc"] == 1
    assert judged.loc[("Adam", "all", "gradient_norm"), "auc"] == 0
    assert judged.loc[("all", "at target", "loss"), ["saturated", "others"]].tolist() == [0, 2]
