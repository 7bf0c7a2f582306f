"""The bound on deep saturated networks: where it is exact, and that it holds."""

import numpy as np
import pytest
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.bounds.certified_quantities import JACOBIAN_NORM, largest
from neural_spectra.bounds.regions import Ball
from neural_spectra.bounds.saturation import sampled_saturation
from neural_spectra.networks.initialisation import initialise, margin_for_saturation, sample_ball
from neural_spectra.studies.open_questions.depth_attenuation import depth_attenuation, saturated

DELTAS = [1.0, 0.1, 1e-3, 1e-5]
POINTS = sample_ball(200, 2, 1.0, torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def computed():
    return depth_attenuation(layers=[1, 3], width=5, seeds=range(2), deltas=DELTAS, radius=1.0)


def test_there_is_a_row_for_each_number_of_layers_and_of_saturated_ones(computed):
    table = computed.table
    assert len(table) == (2 + 4) * 2 * len(DELTAS)
    assert not table.duplicated(["layers", "saturated", "seed", "delta"]).any()


def test_the_bound_holds_and_saturation_only_attenuates_it(computed):
    table = computed.table
    assert (table["slack"] >= 1).all()
    np.testing.assert_allclose(table["slack"] * table["jacobian_norm"], table["bound"], rtol=1e-12)
    np.testing.assert_allclose(
        table["slack_per_layer"] ** table["layers"], table["slack"], rtol=1e-12
    )
    untouched = table[table["saturated"] == 0]
    assert (untouched["attenuation"] == 1).all()
    assert untouched.groupby(["layers", "seed"])["jacobian_norm"].nunique().eq(1).all()
    one_less = table.sort_values("saturated").groupby(["layers", "seed", "delta"])["bound"]
    ratios = (one_less.shift(-1) / table["bound"]).dropna()
    np.testing.assert_allclose(ratios, table.loc[ratios.index, "delta"], rtol=1e-9)


def test_suprema_over_points_hardly_change_with_more_points(computed):
    assert 0 <= computed.residuals["sampling_error"] < 0.05
    assert 0 <= computed.residuals["delta_error"] < 0.05


def test_with_one_unit_in_each_layer_norms_multiply_and_the_bound_is_attained():
    table = depth_attenuation(layers=[1], width=1, seeds=range(3), deltas=DELTAS, radius=0.5).table
    np.testing.assert_allclose(table.loc[table["saturated"] == 1, "slack"], 1, rtol=1e-3)


def test_a_chosen_layer_gets_its_slope_and_the_others_keep_their_biases():
    margins = torch.tensor(
        [margin_for_saturation(activation_named("tanh"), delta) for delta in DELTAS],
        dtype=torch.float64,
    )
    drawn = initialise(2, [5, 5], [0, 1], activation_named("tanh")).scaled([1.0] * len(DELTAS))
    chosen = torch.tensor([[True, False], [False, True]])
    network = saturated(drawn, chosen, margins, POINTS)
    slopes = sampled_saturation(network, POINTS)
    expected = torch.tensor(DELTAS, dtype=torch.float64)
    torch.testing.assert_close(slopes[0, :, 0], expected)
    torch.testing.assert_close(slopes[1, :, 1], expected)
    assert torch.equal(network.biases[1][0], drawn.biases[1][0])
    assert torch.equal(network.biases[0][1], drawn.biases[0][1])


def test_the_largest_norm_found_is_the_certified_one_within_a_few_per_cent(computed):
    table = computed.table
    rows = table[(table["layers"] == 1) & (table["saturated"] == 0) & (table["delta"] == 1)]
    network = initialise(2, [5], range(2), activation_named("tanh"))
    disc = Ball(torch.zeros(2, dtype=torch.float64), 1.0)
    certified = largest(JACOBIAN_NORM, network, disc).bound[:, 0].numpy()
    found = rows.sort_values("seed")["jacobian_norm"].to_numpy()
    assert (found <= certified).all()
    np.testing.assert_allclose(found, certified, rtol=0.03)
