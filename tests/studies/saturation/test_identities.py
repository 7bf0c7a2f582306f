"""The statements about any network, against what is known of them otherwise."""

import math

import numpy as np
import pytest
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS, activation_named
from neural_spectra.networks.initialisation import initialise
from neural_spectra.studies.saturation.identities import (
    DEPTHS,
    POINTS,
    SEEDS,
    automatic_jacobian,
    identities,
)

SOLVER = {"segments": 8, "rtol": 1e-10, "atol": 1e-11}


@pytest.fixture(scope="module")
def computed():
    system = {"mu": 2.0, "omega": 3.0, "shear": 0.5}
    return identities(system=system, solver=SOLVER)


@pytest.fixture(scope="module")
def table(computed):
    return computed.table


def checked(table, check):
    return table[table["check"] == check].reset_index(drop=True)


def test_every_activation_and_depth_meets_the_product_formula(table):
    rows = checked(table, "product_formula")
    assert len(rows) == len(ACTIVATIONS) * len(DEPTHS) * len(SEEDS)
    assert rows["value"].max() < 1e-13


def test_automatic_differentiation_is_that_of_finite_differences():
    network = initialise(3, [8, 8], [0, 1], activation_named("tanh"))
    automatic = automatic_jacobian(network, POINTS)
    for k, step in enumerate(1e-6 * torch.eye(3, dtype=torch.float64)):
        slope = (network(POINTS + step) - network(POINTS - step)) / 2e-6
        np.testing.assert_allclose(automatic[..., k], slope, atol=1e-9)


def test_more_saturated_layers_attenuate_random_networks_more(table):
    rows = checked(table, "attenuation")
    means = rows[rows["case"].str.startswith("tanh")].groupby("case")["value"].mean()
    three = [means[f"tanh, {q} of 3 layers saturated"] for q in (1, 2, 3)]
    assert three == sorted(three, reverse=True)


def test_each_layer_saturated_to_a_tenth_takes_a_factor_of_ten_where_the_bound_is_attained(table):
    rows = checked(table, "tightness")
    layers = rows["case"].str[0].astype(int)
    np.testing.assert_allclose(rows["value"], 0.1**layers, rtol=1e-12)
    # Rounded upwards, layer by layer.
    np.testing.assert_allclose(rows["theory"], 0.1**layers, rtol=1e-10)
    assert (rows["theory"] >= rows["value"]).all()


def test_no_trace_and_no_jacobian_exceeds_its_bound(computed):
    assert computed.residuals["excess"] < 0


def test_slopes_are_those_of_dense_samples(table):
    z = np.linspace(-2.0, 2.0, 400_001)
    sigmoid = 1 / (1 + np.exp(-z))
    slopes = table.set_index(["check", "case"])["value"]
    silu = np.abs(sigmoid * (1 + z * (1 - sigmoid)))
    assert slopes["largest_slope", "sigmoid"] == pytest.approx((sigmoid * (1 - sigmoid)).max())
    assert slopes["largest_slope", "tanh"] == pytest.approx((1 - np.tanh(z) ** 2).max())
    assert slopes["smallest_slope", "silu on [-2, 2]"] == pytest.approx(silu.min(), abs=1e-5)
    assert slopes["limit_of_slope", "silu"] == 1


def test_the_oscillator_contracts_by_twice_its_growth_rate_times_its_period(table):
    # On r² = mu the frequency is omega − shear mu = 2, the divergence −2 mu = −4.
    assert checked(table, "oscillator_ln_det")["value"].item() == pytest.approx(-4 * math.pi)
