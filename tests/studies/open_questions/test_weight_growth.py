"""Weights and saturation along training: what the columns mean."""

import math

import numpy as np
import pandas as pd
import pytest
import torch

from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.shooting import find_periodic_orbits
from neural_spectra.studies.open_questions.fields_to_learn import FIELDS
from neural_spectra.studies.open_questions.saturation_in_diagnostics import (
    saturation_in_diagnostics,
)
from neural_spectra.studies.open_questions.weight_growth import weight_growth
from neural_spectra.studies.open_questions.weight_growth_slopes import slope, weight_growth_slopes

CYCLES = {"duration": 60.0, "step": 0.05, "segments": 20, "tolerance": 1e-10}


@pytest.fixture(scope="module")
def computed():
    return weight_growth(
        systems=["stuart_landau", "morris_lecar"],
        hidden=6,
        seeds=range(2),
        shifts=[0.0, 2.0],
        radius=1.7,
        points=40,
        target=0.5,
        optimisers=[
            {"name": "Adam", "learning_rate": 0.02, "steps": [0, 200]},
            {"name": "Levenberg-Marquardt", "steps": [0, 15, 40]},
        ],
        cycles=CYCLES,
    )


@pytest.fixture(scope="module")
def table(computed):
    return computed.table


def test_there_is_a_row_for_each_system_optimiser_shift_seed_and_step(table):
    assert len(table) == 2 * 2 * 2 * (2 + 3)
    assert not table.duplicated(["system", "optimiser", "shift", "seed", "step"]).any()
    assert set(table.loc[table["last"], "step"]) == {200, 40}


def test_every_way_starts_from_the_same_networks(table):
    first = table[table["step"] == 0].drop(columns=["optimiser", "last"])
    for _, of_system in first.groupby("system"):
        halves = [half.reset_index(drop=True) for _, half in of_system.groupby(np.arange(8) // 4)]
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
    assert len(judged) == 2 * 2 * 3 * 2 * 2
    all_of_adam = judged[(judged["optimiser"] == "Adam") & (judged["among"] == "all")]
    assert (all_of_adam["saturated"] + all_of_adam["others"] == 2 * 2).all()
    at_target = judged[(judged["optimiser"] == "all") & (judged["among"] == "at target")]
    counted = (at_target["saturated"] + at_target["others"]).sum() / 2
    assert counted == table["target_met"].sum()


def test_seeds_in_jobs_of_their_own_are_those_of_one_job():
    def grown(seeds):
        return weight_growth(
            systems=["morris_lecar"],
            hidden=4,
            seeds=seeds,
            shifts=[1.0],
            radius=1.7,
            points=20,
            target=0.5,
            optimisers=[{"name": "L-BFGS", "steps": [0, 5]}],
            cycles=CYCLES,
        ).table

    together, alone = grown([0, 1]), grown([1])
    of_seed = together[together["seed"] == 1].reset_index(drop=True)
    numbers = alone.select_dtypes("number").columns
    np.testing.assert_allclose(of_seed[numbers], alone[numbers], rtol=1e-9)


@pytest.mark.parametrize("name", FIELDS)
def test_the_cycles_of_the_fields_have_a_radius_of_about_one_and_a_period_of_two_pi(name):
    field = FIELDS[name]()
    start = torch.tensor([[[1.0, 0.0]]], dtype=torch.float64)
    orbit = find_periodic_orbits(field, start, Search())
    assert Status(orbit.status.item()) == Status.ORBIT
    assert orbit.period.item() == pytest.approx(2 * math.pi, rel=1e-3)
    assert (orbit.points.abs().amax(1) > 0.8).all()
    assert (orbit.points.norm(dim=-1) < 1.5).all()
    # Around the origin: the points' directions leave no gap of half a turn.
    angles = torch.atan2(orbit.points[0, :, 1], orbit.points[0, :, 0]).sort()[0]
    assert angles.diff().max() < math.pi
    assert angles[-1] - angles[0] > math.pi


def test_a_network_that_has_learnt_the_field_has_its_period(table):
    learnt = table[(table["system"] == "stuart_landau") & (table["loss"] < 0.02)]
    assert len(learnt) > 0
    np.testing.assert_allclose(learnt["period"], 2 * math.pi, rtol=0.1)
    assert table.loc[table["step"] == 0, "period"].isna().all()


def checkpoints(**columns):
    keys = {"system": "stuart_landau", "optimiser": "Adam", "shift": 1.0, "seed": 0}
    return pd.DataFrame({"step": [0, 10, 100, 1000], **columns}).assign(**keys)


def test_slopes_are_the_powers_of_the_steps():
    step = np.array([1.0, 10, 100, 1000])
    made = checkpoints(
        ln_weight_factor=np.log(3 * step**0.5),
        minus_ln_delta=4 - np.log(step**0.25),
        ln_bound=np.log(3 * step**0.75) - 4,
        period=[np.nan, np.nan, 2 * 100**0.1, 2 * 1000**0.1],
    )
    (row,) = weight_growth_slopes(made).to_dict("records")
    assert row["power_of_weights"] == pytest.approx(0.5)
    assert row["power_of_delta"] == pytest.approx(0.25)
    assert row["power_of_period"] == pytest.approx(0.1)
    assert row["power_of_product"] == pytest.approx(0.85)
    assert row["compensation"] == pytest.approx(-2)


def test_nothing_is_said_of_what_does_not_vary():
    made = checkpoints(
        ln_weight_factor=[0.0, 1, 2, 3], minus_ln_delta=1e-3, ln_bound=0.0, period=np.nan
    )
    (row,) = weight_growth_slopes(made).to_dict("records")
    assert all(np.isnan(row[name]) for name in ("power_of_period", "compensation"))
    assert row["power_of_delta"] == pytest.approx(0)
    assert np.isnan(slope(np.array([2.0, 2.0]), np.array([1.0, 3.0])))
