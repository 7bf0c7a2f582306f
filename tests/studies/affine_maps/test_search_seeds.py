"""The search for the seeds of the curated models, its trials, and the Table 1 that comes of it."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from neural_spectra.config.affine_maps_curated import CuratedModel
from neural_spectra.maps.pointwise_affine import linearise
from neural_spectra.networks.deep_maps import deep_map
from neural_spectra.networks.weights_file_writing import write_weights
from neural_spectra.studies.affine_maps.conditions_from_captions import radii_on_attractors
from neural_spectra.studies.affine_maps.curated_models import curated_networks
from neural_spectra.studies.affine_maps.planar_states import axis, grid_points
from neural_spectra.studies.affine_maps.search_seeds import draw, search_seeds
from neural_spectra.studies.affine_maps.table_1 import table_1, to_latex
from neural_spectra.workflow.csv_tables import read_table, write_table

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
    "panel": "d",
    "label": "limit cycle",
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
SEARCH = {"figure": "attractor_types", "row": 1, "in_table_1": True, "seeds": 4, "first_seed": None}


def search(condition, model, *, grid_step=1.0, **changes):
    """Search for a seed of one model; return the curated seeds, the trials and the weights."""
    return search_seeds(
        searches=[SEARCH | {"condition": condition, "models": [model]} | changes],
        start_seed=0,
        most_seeds=500,
        extent=6.0,
        grid_step=grid_step,
        starts_per_axis=4,
        following=FOLLOWING,
    )


def test_the_search_takes_the_first_seed_that_does_what_the_caption_says():
    table = search("limit cycle", CYCLING)[0].table
    assert table["kind"].item() == "quasi-periodic"
    assert table["satisfied_fraction"].item() > 0
    earlier = range(table["seed"].item())
    assert not any(
        search("limit cycle", CYCLING, seeds=k + 1)[0].table["satisfied"].item() for k in earlier
    )


def test_a_search_begins_where_it_says():
    table = search("limit cycle", CYCLING, seeds=1, first_seed=3)[0].table
    assert table[["seed", "tried"]].to_numpy().tolist() == [[3, 1]]


def test_where_no_seed_does_the_search_takes_the_first_and_says_so():
    row = search("unstable attractor", CYCLING)[0].table.iloc[0]
    assert (row["seed"], row["satisfied"], row["satisfied_fraction"]) == (0, False, 0.0)


def test_classes_that_need_time_change_when_it_is_halved():
    # One of four slow cycles is not yet told from a closed curve.
    trials = search("limit cycle", CYCLING)[1]
    assert trials.residuals["class_changes"] == 0.25
    assert 0 < trials.residuals["lyapunov_error"] < 0.01
    contraction = CYCLING | {"lambda_min": 0.0, "lambda_max": 0.5}
    assert search("single point", contraction)[0].residuals["class_changes"] == 0


def test_the_curated_files_give_back_the_drawn_network(tmp_path):
    computed, _, weights = search("limit cycle", CYCLING)
    write_table(tmp_path / "seeds.csv", computed.table)
    write_weights(tmp_path / "weights.safetensors", weights, {})
    seeds = read_table(tmp_path / "seeds.csv")
    (found,) = curated_networks(seeds, tmp_path / "weights.safetensors", "attractor_types")
    assert found.seed == computed.table["seed"].item()
    np.testing.assert_array_equal(found.network.weights, weights["attractor_types_d.weights"])
    assert not np.any(found.network.biases)


def test_table_1_has_the_rows_of_the_paper_and_no_others():
    rows = [
        search("limit cycle", CYCLING)[0].table,
        search("limit cycle", CYCLING | {"panel": "g"}, in_table_1=False)[0].table,
    ]
    table = table_1(pd.concat(rows, ignore_index=True))
    assert list(table.iloc[0][:7]) == [
        "Figs. 6, 7, 8", "d", "Spectral", "Tanh", 8, "(0.99, 1.10)", "N",
    ]  # fmt: skip
    assert len(table) == 1
    assert r"Spectral & Tanh & 8 & $(0.99, 1.10)$ & N &" in to_latex(table)


def test_an_empty_range_of_eigenvalues_is_refused():
    with pytest.raises(ValidationError, match="enclose no range"):
        CuratedModel.model_validate(CYCLING | {"lambda_min": 2.0})


def test_the_trials_have_the_share_of_seeds_that_the_search_tells():
    seeds, trials, _ = search("limit cycle", CYCLING)
    assert list(trials.table["seed"]) == [0, 1, 2, 3]
    assert trials.table["satisfied"].mean() == seeds.table["satisfied_fraction"].item()
    shown = trials.table.set_index("seed").loc[seeds.table["seed"].item()]
    assert shown["rho_max"] == seeds.table["rho_max"].item()


def test_a_trial_describes_the_affine_maps_of_its_seed():
    trials = search("limit cycle", CYCLING, grid_step=2.0)[1].table
    matrices = linearise(draw(CYCLING, [2])[0], grid_points(axis(6.0, 2.0)), "literal").matrix
    eigenvalues = np.linalg.eigvals(matrices)
    radius = np.abs(eigenvalues).max(-1)
    found = trials[["rho_min", "rho_median", "rho_max", "largest_imaginary"]].iloc[2]
    expected = [radius.min(), np.median(radius), radius.max(), eigenvalues.imag.max()]
    assert list(found) == pytest.approx(expected, rel=1e-9)


def test_a_single_point_has_a_distance_from_the_origin_and_cycles_have_none():
    single = search("single point", STABLE)[1].table
    network = draw(STABLE, range(4))
    x = np.zeros((4, 1, 2))
    for _ in range(200):
        x = network(x)
    distances = np.abs(x).max((1, 2))
    assert list(single["equilibrium_distance"]) == pytest.approx(list(distances), abs=1e-9)
    assert (single["equilibrium_distance"] > 0).any()
    cycling = search("limit cycle", CYCLING)[1].table
    assert cycling["equilibrium_distance"].isna().all()


def test_models_that_table_1_has_not_are_not_among_the_trials():
    seeds, trials, _ = search("single point", STABLE, in_table_1=False)
    assert len(seeds.table) == 1
    assert trials.table.empty


def test_the_radius_on_an_attractor_is_that_of_its_states():
    # x ↦ 0.5 x settles on 0, x ↦ −x on the cycles {x, −x}, x ↦ 2 x on nothing.
    factors = np.array([0.5, -1.0, 2.0])
    weights = factors[:, None, None] * np.eye(2)
    maps = deep_map("identity", [weights], [np.zeros((3, 2))])
    found = radii_on_attractors(maps, np.array([[1.0, 2.0], [-3.0, 0.5]]))
    np.testing.assert_allclose(found, [0.5, 1.0, np.nan])
