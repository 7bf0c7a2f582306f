"""Chaos among many draws of one row of Table 1."""

import numpy as np
import pytest

from neural_spectra.studies.affine_maps.rare_chaos import GIVEN, rare_chaos

SELU = {
    "factorisation": "spectral",
    "variant": "householder",
    "lambda_min": 0.99,
    "lambda_max": 1.1,
    "depth": 8,
    "activation": "selu",
    "bias": False,
}


@pytest.fixture(scope="module")
def few():
    return rare_chaos(model=SELU, seeds=20)


def test_the_given_network_could_be_a_draw_of_the_row():
    values = np.linalg.svd(np.reshape(GIVEN, (9, 2, 2)), compute_uv=False)
    assert SELU["lambda_min"] <= values.min() <= values.max() <= SELU["lambda_max"]


def test_the_given_network_is_chaotic_by_both_methods(few):
    (row,) = few.table.query("network == 'given'").itertuples()
    assert row.chaotic
    assert row.lyapunov == pytest.approx(0.095, abs=0.015)
    assert row.of_distances == pytest.approx(row.lyapunov, abs=0.005)


def test_the_first_draws_are_not_chaotic(few):
    drawn = few.table.query("network == 'drawn'")
    assert list(drawn["seed"]) == list(range(20))
    assert not drawn["chaotic"].any()


def test_an_orbit_that_escapes_is_not_chaotic():
    growing = {"factorisation": "perron_frobenius", "variant": "public", "activation": "softplus"}
    growing |= {"lambda_min": 1.5, "lambda_max": 2.0, "depth": 1}
    table = rare_chaos(model=SELU | growing, seeds=2).table
    escaped = table.query("network == 'drawn'")
    assert escaped[["first_exponent", "lyapunov"]].isna().all(axis=None)
    assert not escaped["chaotic"].any()


def test_only_what_may_be_chaotic_is_looked_at_again(few):
    again = few.table["lyapunov"].notna()
    assert (few.table["first_exponent"][again] >= 0).all()
    assert (few.table["first_exponent"][~again] < 0).all()
