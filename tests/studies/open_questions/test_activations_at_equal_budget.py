"""Networks within Lipschitz budgets: that they stay within, and that their cycles are found."""

import math
from functools import partial

import numpy as np
import pytest
import torch

from neural_spectra.activations.unit_slope_activations import unit_slope_activation
from neural_spectra.flows.close_returns import Search
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.flows.shooting import find_periodic_orbits
from neural_spectra.networks.gradient_descent import followed
from neural_spectra.networks.initialisation import initialise, sample_ball
from neural_spectra.studies.open_questions.activations_at_equal_budget import (
    activations_at_equal_budget,
    within_budget,
)
from neural_spectra.studies.open_questions.cycles_around_the_origin import (
    cycles_around_the_origin,
)
from neural_spectra.studies.open_questions.slopes_or_budget import COMPARISONS, slopes_or_budget

CYCLES = {"duration": 40.0, "step": 0.05, "segments": 20, "tolerance": 1e-9}


@pytest.fixture(scope="module")
def computed():
    return activations_at_equal_budget(
        activations=["tanh", "silu"],
        budgets=[1.0, 20.0],
        hidden=10,
        seeds=range(2),
        radius=1.3,
        points=60,
        target=0.05,
        optimiser="Adam",
        stages=[{"learning_rate": 0.03, "steps": 300}, {"learning_rate": 0.01, "steps": 200}],
        cycles=CYCLES,
    )


def test_no_network_leaves_its_budget(computed):
    table = computed.table
    assert len(table) == 2 * 2 * 2
    assert (table["lipschitz_bound"] <= table["budget"] * (1 + 1e-12)).all()
    assert table["mean_slope"].between(0, 1).all()


def test_too_small_a_budget_leaves_no_cycle_and_a_large_one_does(computed):
    table = computed.table
    assert not table.loc[table["budget"] == 1, "attracting_cycle"].any()
    large = table[table["budget"] == 20]
    assert large["attracting_cycle"].all()
    error = np.log(np.abs(large["ln_det"] / (-4 * math.pi) - 1))
    np.testing.assert_allclose(large["ln_error"], error, rtol=1e-9)
    assert table.loc[~table["attracting_cycle"], "ln_error"].isna().all()


def test_residuals_tell_of_the_orbits_and_of_trainings_without_an_end(computed):
    residuals = computed.residuals
    assert residuals["shooting_defect"] < 1e-8
    assert residuals["share_unfinished"] == 1 - computed.table["finished"].mean()


def test_every_comparison_is_made_over_all_budgets_and_over_neighbours(computed):
    table = slopes_or_budget(computed.table)
    assert set(table["budgets"]) == {"all", "1 and 20"}
    assert set(table["comparison"]) <= set(COMPARISONS)
    # The budget alone decides whether there is a cycle.
    decided = table[(table["response"] == "attracting_cycle") & (table["budgets"] == "all")]
    assert decided.set_index("comparison").loc["budget", "explained"] == pytest.approx(1)


def test_trainings_without_an_end_are_left_out(computed):
    unfinished = computed.table.assign(finished=False)
    assert slopes_or_budget(unfinished)["explained"].isna().all()


def test_a_network_within_its_budget_is_left_alone_and_another_is_brought_to_it():
    network = initialise(2, [6], [0, 1], unit_slope_activation("tanh"))
    product = torch.stack([torch.linalg.matrix_norm(w, 2) for w in network.weights]).prod(0)
    changed = within_budget(torch.stack([2 * product[0], product[1] / 3]), network)
    for before, after in zip(network.weights, changed.weights, strict=True):
        assert torch.equal(before[0], after[0])
        torch.testing.assert_close(after[1], before[1] / math.sqrt(3))


def test_cycles_are_those_that_the_search_for_close_returns_finds():
    system, x = StuartLandau(), sample_ball(60, 2, 1.3, torch.Generator().manual_seed(0))
    (*_, last) = followed(
        initialise(2, [10], [0, 1], unit_slope_activation("tanh")),
        x,
        system(x),
        optimiser="Adam",
        learning_rate=0.03,
        steps=[0, 400],
        projection=partial(within_budget, torch.tensor([15.0, 1.0], dtype=torch.float64)),
    )
    found = cycles_around_the_origin(last.network, 1.0, **CYCLES).columns
    assert found["attracting_cycle"].tolist() == [True, False]
    start = torch.tensor([[[1.0, 0.0]]], dtype=torch.float64)
    other = find_periodic_orbits(last.network[:1], start, Search())
    torch.testing.assert_close(
        found["ln_det"][:1], other.propagators.log_determinant, rtol=1e-7, atol=0
    )
    assert found["ln_det"][1].isnan()
