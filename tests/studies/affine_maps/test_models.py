"""The grid of Appendix D: draws, classes, conditions and counterexamples on a few of its models."""

import numpy as np
import pandas as pd
import pytest
import yaml
from pyarrow import parquet

from neural_spectra.config.affine_maps_grid import ModelGrid
from neural_spectra.errors import InputError
from neural_spectra.maps.pointwise_affine import linearise, spectral_radius
from neural_spectra.networks.deep_maps import deep_map
from neural_spectra.networks.weight_recipes import Recipe
from neural_spectra.studies.affine_maps import models as table_of_models
from neural_spectra.studies.affine_maps.appendix_d import batches, grid_models
from neural_spectra.studies.affine_maps.class_counts import (
    KINDS,
    class_changes,
    class_counts,
    modal_classes,
)
from neural_spectra.studies.affine_maps.counterexamples import counterexamples
from neural_spectra.studies.affine_maps.grid_file import grid_file
from neural_spectra.studies.affine_maps.models import models
from neural_spectra.studies.affine_maps.models_overview import models_overview
from neural_spectra.studies.affine_maps.planar_states import spread_points
from neural_spectra.studies.affine_maps.sample_weights import sample_weights
from neural_spectra.studies.affine_maps.weight_sets import (
    WeightSet,
    read_weight_sets,
    write_weight_sets,
)
from neural_spectra.studies.tables import joined

FOLLOWING = {
    "rounds": 16,
    "escape_radius": 1e6,
    "newton_steps": 12,
    "exponent_steps": 200,
    "exponent_orbits": 1,
    "seed": 0,
}
SMALL = {"extent": 6.0, "following": FOLLOWING}


def one_layer(*matrices: np.ndarray, bias: float = 0.0) -> WeightSet:
    weights = np.stack([np.eye(2), *matrices])[None]
    recipe = Recipe("unstructured", "default", None, None, 1)
    return WeightSet(recipe, weights, np.full((1, 2, 2), bias))


@pytest.fixture(scope="module")
def sets():
    return sample_weights(seeds=[0, 1, 2])


@pytest.fixture(scope="module")
def some(sets, tmp_path_factory):
    """The models of a few weight sets, with the file of their grids."""
    path = str(tmp_path_factory.mktemp("grid") / "grid.parquet")
    chosen = chosen_sets(sets)
    with grid_file(path, 6.0, 9) as append:
        computed = models(
            chosen,
            append,
            seed=0,
            activations=["relu", "tanh", "softplus"],
            points=9,
            starts=6,
            segments=2,
            **SMALL,
        )
    return computed, path, chosen


def chosen_sets(sets):
    return [sets[k][[0]] for k in (3, 20, 60, 67)]


def test_the_grid_has_828_models_of_69_weight_sets(sets):
    activations = ["relu", "selu", "gelu", "tanh", "sigmoid", "softplus"]
    every = grid_models(sets, activations)
    assert len(sets) == 69
    assert [model.number for model in every] == list(range(828))
    assert [len(batch) for batch in batches(every)] == [46] * 18


def test_weight_sets_have_one_map_more_than_their_depth(sets):
    for weight_set in sets:
        layers = weight_set.recipe.depth + 1
        assert weight_set.weights.shape == (3, layers, 2, 2)
        assert weight_set.biases.shape == (3, layers, 2)
        assert np.abs(weight_set.biases).max() <= 1 / np.sqrt(2)


def test_weight_sets_of_two_seeds_have_nothing_in_common(sets):
    for weight_set in sets:
        assert not np.isclose(*weight_set.weights[:2]).all()


def test_activation_and_bias_share_their_weights(sets):
    with_bias, without = grid_models(sets[:1], ["relu"])
    np.testing.assert_array_equal(with_bias.networks.weights, without.networks.weights)
    assert np.any(with_bias.networks.biases)
    assert not np.any(without.networks.biases)


def test_a_seed_draws_the_same_weights_whatever_the_other_seeds(sets):
    np.testing.assert_array_equal(sample_weights(seeds=[2])[5].weights[0], sets[5].weights[2])


def test_weight_sets_read_back_for_the_seeds_asked_for(sets, tmp_path):
    path = tmp_path / "sets.safetensors"
    write_weight_sets(path, sets, [0, 1, 2], {})
    back = read_weight_sets(path, [2, 0])
    assert [chosen.recipe for chosen in back] == [chosen.recipe for chosen in sets]
    np.testing.assert_array_equal(back[7].weights, sets[7].weights[[2, 0]])
    np.testing.assert_array_equal(back[7].biases, sets[7].biases[[2, 0]])


def test_a_seed_that_was_not_drawn_is_refused(sets, tmp_path):
    path = tmp_path / "sets.safetensors"
    write_weight_sets(path, sets, [0, 1, 2], {})
    with pytest.raises(InputError, match=r"no weights of seed 5.*raise weights\.seeds"):
        read_weight_sets(path, [0, 5])


def test_an_unknown_activation_is_refused(sets):
    with pytest.raises(InputError, match="unknown activation 'rleu'"):
        grid_models(sets, ["rleu"])


def test_the_starts_cover_every_quarter_of_every_quadrant():
    points = spread_points(64, 6.0)
    assert np.abs(points).max() < 6
    assert len(np.unique(np.floor(points / 3), axis=0)) == 16
    assert np.abs(points).min() > 0


def test_the_grid_file_has_a_row_group_of_each_model_with_its_affine_maps(some):
    computed, path, chosen = some
    file = parquet.ParquetFile(path)
    assert file.num_row_groups == len(computed.table)
    group = file.read_row_group(13).to_pandas()
    assert (group["model"] == 13).all()
    network = grid_models(chosen, ["relu", "tanh", "softplus"])[13].networks[0]
    maps = linearise(network, group[["x", "y"]].to_numpy())
    entries = group[["a_11", "a_12", "a_21", "a_22"]].to_numpy().reshape(-1, 2, 2)
    np.testing.assert_allclose(entries, maps.matrix, rtol=1e-6)
    np.testing.assert_allclose(group[["b_1", "b_2"]], maps.offset, rtol=1e-6, atol=1e-9)
    radius = spectral_radius(maps.matrix)
    np.testing.assert_allclose(group["spectral_radius"], radius, rtol=1e-6)
    row = computed.table.loc[13]
    assert (row["rho_min"], row["rho_max"]) == (radius.min(), radius.max())
    first = np.hypot(group["real_1"], group["imaginary"])
    np.testing.assert_allclose(first, group["spectral_radius"], rtol=1e-6)


def test_the_affine_maps_represent_every_model(some):
    computed, _, _ = some
    assert 0 < computed.table["linearisation_error"].max() < 1e-12
    assert computed.residuals["linearisation_error"] < 1e-12


def test_hyperplanes_are_found_where_an_activation_has_its_zero(monkeypatch):
    # z_1 = x_1 − 1 and z_2 = x_2 + 2, in a single layer.
    network = deep_map("tanh", [np.eye(2)[None]], [np.array([[-1.0, 2.0]])])
    visited = []
    seen = lambda f, x: visited.append(x) or linearise(f, x)  # noqa: E731
    monkeypatch.setattr(table_of_models, "linearise", seen)
    ends = np.array([[[-6.0, -5.0]], [[6.0, 5.5]]])
    assert table_of_models.hyperplane_error(network, ends)[0] < 1e-15
    points = visited[0][0]
    assert (points[0] == 0).all()
    assert points[[1, 3], 0] == pytest.approx(1.0, abs=1e-14)
    assert points[[2, 4], 1] == pytest.approx(-2.0, abs=1e-14)


def test_the_bound_of_equation_10_fails_for_nilpotent_layers():
    first, second = np.array([[0.0, 2.0], [1e-3, 0.0]]), np.array([[0.0, 1e-3], [2.0, 0.0]])
    network = deep_map("relu", [first, second])
    bound, value = table_of_models.product_bound(network, np.array([[1.0], [1.0]]))
    assert bound[0] == pytest.approx(2e-3)  # both layers have the radius √0.002
    assert value[:, 0] == pytest.approx([1e-6, 4.0])
    assert table_of_models.largest_ratio(np.array([4.0]), bound) == pytest.approx(2000.0)


@pytest.mark.parametrize(
    ("matrix", "kind", "sufficient", "certified"),
    [
        (0.5 * np.eye(2), "single point", True, True),
        (2.0 * np.eye(2), "diverging from some starts", False, False),
    ],
)
def test_known_models_get_their_rows(matrix, kind, sufficient, certified):
    computed = models(
        [one_layer(matrix)],
        lambda number, grid: None,
        seed=0,
        activations=["relu"],
        points=5,
        starts=12,
        segments=1,
        **SMALL,
    )
    row = computed.table.iloc[1]
    assert row["attractor"] == kind
    assert (row["sufficient"], row["certified"]) == (sufficient, certified)
    assert row["rho_max"] == matrix[0, 0]
    assert row["norm_certificate"] == pytest.approx(matrix[0, 0])
    assert row["necessary_violated"] == (matrix[0, 0] > 1)
    assert row["radius_over_product"] == pytest.approx(1.0)


def test_the_printed_quotient_has_a_larger_radius_than_the_offset_one_only_if_sigma_0_is_not_0(
    some,
):
    table = some[0].table
    softplus = table["activation"] == "softplus"
    assert (table["literal_rho_max"] == table["rho_max"])[~softplus].all()
    assert (table["literal_rho_max"] > table["rho_max"])[softplus].any()


def test_class_counts_add_up_and_agree_with_the_models(sets):
    chosen = [sets[3], sets[60]]
    settings = {"activations": ["relu", "tanh"], "starts": 6, **SMALL}
    counts = class_counts(chosen, seeds=[0, 1, 2], **settings)[0].table
    assert len(counts) == 3 * 2 * 2 * len(KINDS)
    assert (counts.groupby("seed")["count"].sum() == 8).all()
    table = models(
        [weight_set[[0]] for weight_set in chosen],
        lambda number, grid: None,
        seed=0,
        points=3,
        segments=1,
        **settings,
    ).table
    expected = table["attractor"].value_counts()
    found = counts.query("seed == 0").groupby("attractor")["count"].sum()
    assert found[expected.index].to_dict() == expected.to_dict()


def test_class_counts_of_seeds_computed_apart_join_to_those_of_all(sets):
    chosen = [sets[20], sets[60]]
    settings = {"activations": ["relu", "tanh"], "starts": 6, **SMALL}

    def counted(seeds):
        return class_counts([each[seeds] for each in chosen], seeds=seeds, **settings)[0]

    apart, whole = joined(map(counted, ([0, 1], [2]))), counted([0, 1, 2])
    pd.testing.assert_frame_equal(apart.table, whole.table)
    assert apart.residuals == whole.residuals


def test_the_classes_of_all_draws_are_those_that_are_counted(sets):
    settings = {"activations": ["relu", "tanh"], "starts": 6, **SMALL}
    counts, classes = (
        computed.table for computed in class_counts(sets[60:62], seeds=[0, 1, 2], **settings)
    )
    assert len(classes) == 2 * 2 * 2 * 3
    cells = ["seed", "activation", "bias", "attractor"]
    expected = counts.set_index(cells)["count"]
    assert classes.value_counts(cells).to_dict() == expected[expected > 0].to_dict()


def test_the_modal_class_of_a_model_is_that_of_most_of_its_draws():
    kinds = ["line", "line", "periodic", "chaotic", "periodic", "line"]
    recipes = {"factorisation": "unstructured", "lambda_min": np.nan}
    draws = {"seed": [0, 1, 2, 0, 1, 2], "bias": [True] * 3 + [False] * 3, "attractor": kinds}
    modal = modal_classes(pd.DataFrame(recipes | draws)).set_index("bias")
    assert modal.loc[True, ["attractor", "share", "draws"]].to_list() == ["line", 2 / 3, 3]
    assert modal.loc[False, ["attractor", "share", "draws"]].to_list() == ["chaotic", 1 / 3, 3]


def test_a_model_that_changes_its_class_is_counted_once():
    kinds = ["line", "line", "periodic", "chaotic"]
    models = pd.DataFrame({"seed": 3, "activation": "relu", "bias": True, "attractor": kinds})
    cells = {"seed": [3, 3, 3, 4], "attractor": ["line", "periodic", "chaotic", "line"]}
    counts = pd.DataFrame({"activation": "relu", "bias": True, "count": [1, 2, 1, 4]} | cells)
    assert class_changes(counts, models) == 0.25
    assert class_changes(counts.assign(count=[2, 1, 1, 4]), models) == 0


def test_the_overview_has_a_cell_for_each_model_and_the_spread_of_each_class(some):
    cells = {"activation": "relu", "bias": True}
    rows = [
        {"seed": seed, **cells, "attractor": kind, "count": count}
        for seed, numbers in enumerate([(3, 1), (5, 0)])
        for kind, count in zip(("single point", "line"), numbers, strict=True)
    ]
    overview = models_overview(some[0].table, pd.DataFrame(rows))
    assert (overview["panel"] == "model").sum() == len(some[0].table)
    drawn = overview.query("panel == 'class'").set_index("attractor")
    assert list(drawn.index) == list(KINDS)
    point = drawn.loc["single point"]
    assert (point["mean"], point["smallest"], point["largest"]) == (4, 3, 5)
    assert point["standard_deviation"] == pytest.approx(np.sqrt(2))
    assert point["count"] == (some[0].table["attractor"] == "single point").sum()


def test_every_statement_of_the_paper_fails_in_its_case_and_the_certificates_hold(some):
    computed, _, chosen = some
    found = counterexamples(computed.table, chosen, radius=100.0, length=2)
    table = found.table
    sound = table["statement"].str.contains("attracts everything|regular")
    assert not table["holds"][~sound].any()
    assert table["holds"][sound].all()
    assert (table["fails_in"] <= table["of"]).all()
    assert (table["fails_in"][sound] == 0).all()
    assert found.residuals["equilibrium_formula"] < 1e-9


def test_the_cases_have_the_values_known_by_hand(some):
    computed, _, chosen = some
    table = counterexamples(computed.table, chosen, radius=100.0, length=2).table
    values = dict(zip(table["statement"].str.split(":").str[0], table["value"], strict=True))
    assert values["eq. (10)"] == 4
    assert values["Theorem 6, sufficient"] == 4  # growth of (0, 1) per step
    assert values["Theorem 6, necessary"] == 1.5
    # x_2 = 4 x_2 ∓ 1 beside 0
    assert values["strict inequalities ⇒ one equilibrium, globally asymptotically stable"] == 3
    assert values["bias does not change the dynamics"] == 1


SETTINGS = """
weights: {seeds: 5}
models: {seed: 0, activations: [relu], extent: 6.0, points: 3, starts: 2, segments: 1,
         following: &following {rounds: 2, escape_radius: 1000.0, newton_steps: 2,
                                exponent_steps: 20, exponent_orbits: 1, seed: 0}}
class_counts: {activations: [relu], extent: 6.0, starts: 2, following: *following, seeds_per_job: 2}
counterexamples: {radius: 10.0, length: 2}
"""


def test_the_seeds_are_cut_into_jobs():
    settings = ModelGrid.model_validate(yaml.safe_load(SETTINGS))
    assert settings.seed_chunks == ["0-1", "2-3", "4-4"]
    assert "seeds_per_job" not in settings.parameters("class_counts")


def test_a_model_seed_beyond_the_drawn_ones_is_refused():
    settings = yaml.safe_load(SETTINGS)
    settings["models"]["seed"] = 5
    with pytest.raises(ValueError, match=r"models\.seed = 5.*raise weights\.seeds"):
        ModelGrid.model_validate(settings)


def test_a_grid_without_points_is_refused():
    settings = yaml.safe_load(SETTINGS)
    settings["models"]["points"] = 0
    with pytest.raises(ValueError, match="greater than or equal to 2"):
        ModelGrid.model_validate(settings)
