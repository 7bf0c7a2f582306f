"""The trials behind the captions, and the statements on depth, bias and smoothness."""

import numpy as np
import pandas as pd
import pytest

from neural_spectra.maps.pointwise_affine import linearise
from neural_spectra.studies.affine_maps.planar_states import axis, grid_points
from neural_spectra.studies.affine_maps.search_seeds import draw, search_seeds
from neural_spectra.studies.affine_maps.statements_on_figures import figure_statements

STABLE = {
    "panel": "a",
    "label": "single point",
    "factorisation": "gershgorin",
    "variant": "real",
    "lambda_min": 0.0,
    "lambda_max": 1.0,
    "depth": 1,
    "activation": "relu",
    "bias": True,
}
CYCLING = STABLE | {
    "factorisation": "spectral",
    "variant": "householder",
    "lambda_min": 0.99,
    "lambda_max": 1.1,
    "depth": 8,
    "activation": "tanh",
    "bias": False,
}
FOLLOWING = {
    "rounds": 16,
    "escape_radius": 1e6,
    "newton_steps": 12,
    "exponent_steps": 2000,
    "exponent_orbits": 2,
    "seed": 0,
}
SEARCH = {"figure": "attractor_types", "row": 1, "in_table_1": True, "seeds": 4}


def searched(model, condition, **changes):
    search = SEARCH | {"condition": condition, "models": [model]} | changes
    return search_seeds(
        searches=[search],
        start_seed=0,
        most_seeds=500,
        extent=6.0,
        grid_step=2.0,
        starts_per_axis=4,
        following=FOLLOWING,
    )


def value_of(table, statement, case):
    rows = table[(table["statement"] == statement) & (table["case"] == case)]
    return rows["value"].to_numpy()


@pytest.fixture(scope="module")
def statements():
    return figure_statements(5)


def test_the_trials_have_the_share_of_seeds_that_the_search_tells():
    seeds, trials, _ = searched(CYCLING, "limit cycle")
    assert list(trials.table["seed"]) == [0, 1, 2, 3]
    assert trials.table["satisfied"].mean() == seeds.table["satisfied_fraction"].item()
    shown = trials.table.set_index("seed").loc[seeds.table["seed"].item()]
    assert shown["rho_max"] == seeds.table["rho_max"].item()


def test_a_trial_describes_the_affine_maps_of_its_seed():
    trials = searched(CYCLING, "limit cycle")[1].table
    matrices = linearise(draw(CYCLING, [2])[0], grid_points(axis(6.0, 2.0)), "literal").matrix
    eigenvalues = np.linalg.eigvals(matrices)
    radius = np.abs(eigenvalues).max(-1)
    found = trials[["rho_min", "rho_median", "rho_max", "largest_imaginary"]].iloc[2]
    expected = [radius.min(), np.median(radius), radius.max(), eigenvalues.imag.max()]
    assert list(found) == pytest.approx(expected, rel=1e-9)


def test_a_single_point_has_a_distance_from_the_origin_and_cycles_have_none():
    single = searched(STABLE, "single point")[1].table
    network = draw(STABLE, range(4))
    x = np.zeros((4, 1, 2))
    for _ in range(200):
        x = network(x)
    distances = np.abs(x).max((1, 2))
    assert list(single["equilibrium_distance"]) == pytest.approx(list(distances), abs=1e-9)
    assert (single["equilibrium_distance"] > 0).any()
    cycling = searched(CYCLING, "limit cycle")[1].table
    assert cycling["equilibrium_distance"].isna().all()


def test_models_that_table_1_has_not_are_not_among_the_trials():
    seeds, trials, _ = searched(STABLE, "single point", in_table_1=False)
    assert len(seeds.table) == 1
    assert trials.table.empty


def test_shared_layers_can_expand_although_their_radius_is_below_one(statements):
    assert np.abs(np.linalg.eigvals([[1.5, 1.0], [-2.5, -1.5]])).max() == pytest.approx(0.5)
    found = value_of(
        statements, "factor of stable layers that share a weight", "[[1.5, 1.0], [-2.5, -1.5]]"
    )
    # relu([[1.5, 1], [−2.5, −1.5]] (1, 0)) = (1.5, 0)
    assert list(found) == pytest.approx([1.5])


def test_shared_layers_can_vanish_although_their_radius_is_above_one(statements):
    found = value_of(
        statements, "factor of unstable layers that share a weight", "[[-1.5, 0.0], [0.0, -1.5]]"
    )
    assert list(found) == [0.0]


def test_the_equilibrium_of_a_bias_depends_on_the_weight(statements):
    rows = statements[statements["statement"] == "equilibrium of bias 1"]
    assert list(rows["value"]) == pytest.approx([1.0, 2.0, 5.0])


def test_tanh_is_continuous_where_a_unit_changes_sign_and_sigmoid_as_printed_is_not(statements):
    rows = statements[statements["statement"] == "jump of ρ(A*) where z = 0"]
    jumps = pd.pivot_table(rows, index="case", values="value", aggfunc=["min", "max"])
    assert jumps.loc["Tanh"].max() < 1e-3
    assert jumps.loc["Sigmoid, σ(0) in b*"].max() < 1e-3
    assert jumps.loc["Sigmoid"].min() > 100
    assert jumps.loc["ReLU"].max() > 0.1
