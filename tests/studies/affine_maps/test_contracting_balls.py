"""Balls around fixed points of curated models that are proved to tend to them."""

import math

import numpy as np
import pytest

from neural_spectra.networks.deep_maps import deep_map
from neural_spectra.studies.affine_maps.contracting_balls import contracting_balls
from neural_spectra.studies.affine_maps.curated_models import CuratedNetwork

SETTINGS = {"extent": 6.0, "grid_step": 1.0, "budget": 512}


def curated(activation, *weights):
    network = deep_map(activation, [np.array(weight) for weight in weights])
    return "bias", CuratedNetwork("a", 1, "a map", 0, "single point", 0.0, True, network)


def balls(*models):
    return contracting_balls(models, **SETTINGS)


def test_a_map_that_no_product_of_norms_certifies_has_a_ball_from_which_orbits_tend_to_its_point():
    model = curated("tanh", [[0.5, 2.0], [0.0, 0.5]])
    (row,) = balls(model).itertuples()
    assert row.norm_certificate > 1
    assert row.verdict == "proved"
    assert (row.x, row.y) == pytest.approx((0, 0), abs=1e-12)
    assert row.fixed_point_radius == pytest.approx(0.5)
    turn = np.linspace(0, 2 * math.pi, 50)
    x = row.radius * np.stack([np.cos(turn), np.sin(turn)], -1)
    for _ in range(200):
        x = model[1].network(x)
    assert np.abs(x).max() < 1e-12


def test_each_attracting_fixed_point_has_a_ball_and_repelling_ones_have_none():
    # tanh(2 x), entry by entry: ± 0.9575 in each coordinate attract, 0 repels.
    table = balls(curated("tanh", [[2.0, 0.0], [0.0, 2.0]]))
    assert len(table) == 4
    np.testing.assert_allclose(table[["x", "y"]].abs(), 0.957504, atol=1e-6)
    assert (table["verdict"] == "proved").all()
    assert (table["radius"] < 0.957504).all()


def test_a_line_of_fixed_points_has_no_ball():
    table = balls(curated("relu", [[1.0, 0.0], [0.0, 0.5]]))
    assert "proved" not in table["verdict"].tolist()


def test_an_activation_without_known_ranges_is_undecided_and_says_so():
    (row,) = balls(curated("selu", [[0.3, 0.0], [0.0, 0.3]])).itertuples()
    assert row.verdict == "undecided"
    assert "selu" in row.reason
    assert math.isnan(row.radius)
