"""Weights and saturation along training: what the columns mean."""

import numpy as np
import pytest

from neural_spectra.studies.open_questions.saturation_in_diagnostics import (
    saturation_in_diagnostics,
)
from neural_spectra.studies.open_questions.weight_growth import weight_growth


@pytest.fixture(scope="module")
def computed():
    return weight_growth(
        hidden=6,
        seeds=range(2),
        shifts=[0.0, 2.0],
        radius=1.7,
        points=40,
        target=0.5,
        optimisers=[
            {"name": "Adam", "learning_rate": 0.02, "steps": [0, 200]},
            {"name": "Levenberg-Marquardt", "steps": [0, 3, 6]},
        ],
    )


@pytest.fixture(scope="module")
def table(computed):
    return computed.table


def test_there_is_a_row_for_each_optimiser_shift_seed_and_step(table):
    assert len(table) == 2 * 2 * (2 + 3)
    assert not table.duplicated(["optimiser", "shift", "seed", "step"]).any()
    assert set(table.loc[table["last"], "step"]) == {200, 6}


def test_every_way_starts_from_the_same_networks(table):
    first = table[table["step"] == 0].drop(columns=["optimiser", "last"])
    halves = [half.reset_index(drop=True) for _, half in first.groupby(np.arange(8) // 4)]
    assert halves[0].equals(halves[1])


def test_shifted_networks_start_with_the_slope_that_the_margin_leaves(table):
    first = table[(table["step"] == 0) & (table["shift"] == 2)]
    np.testing.assert_allclose(first["minus_ln_delta"], 2 * np.log(np.cosh(2)), rtol=1e-9)
    assert (first["saturation_left"] == 1).all()
    assert (first["weights_made_up"] == 0).all()


def test_of_networks_that_do_not_start_saturated_nothing_can_be_left(table):
    unshifted = table[table["shift"] == 0]
    assert unshifted["saturation_left"].isna().all()
    assert unshifted["weights_made_up"].isna().all()


def test_the_bound_is_the_weight_factor_times_delta(table):
    expected = table["ln_weight_factor"] - table["minus_ln_delta"]
    np.testing.assert_allclose(table["ln_bound"], expected, atol=1e-14)
    assert (table["target_met"] == (table["loss"] <= 0.5)).all()


def test_every_diagnostic_is_judged_by_all_checkpoints_of_an_optimiser_and_seed(table):
    judged = saturation_in_diagnostics(table)
    assert len(judged) == 2 * 3 * 2 * 2
    all_of_adam = judged[(judged["optimiser"] == "Adam") & (judged["among"] == "all")]
    assert (all_of_adam["saturated"] + all_of_adam["others"] == 2 * 2).all()
    at_target = judged[(judged["optimiser"] == "all") & (judged["among"] == "at target")]
    counted = (at_target["saturated"] + at_target["others"]).sum() / 2
    assert counted == table["target_met"].sum()


def test_seeds_in_jobs_of_their_own_are_those_of_one_job():
    def grown(seeds):
        return weight_growth(
            hidden=4,
            seeds=seeds,
            shifts=[1.0],
            radius=1.7,
            points=20,
            target=0.5,
            optimisers=[{"name": "L-BFGS", "steps": [0, 5]}],
        ).table

    together, alone = grown([0, 1]), grown([1])
    of_seed = together[together["seed"] == 1].reset_index(drop=True)
    numbers = alone.select_dtypes("number").columns
    np.testing.assert_allclose(of_seed[numbers], alone[numbers], rtol=1e-9)
