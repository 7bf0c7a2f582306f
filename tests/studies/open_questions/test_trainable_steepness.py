"""The steepness of tanh(βa) along training: what the columns mean."""

import math

import pytest
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.open_questions.saturated_units import saturated_share
from neural_spectra.studies.open_questions.trainable_steepness import trainable_steepness


@pytest.fixture(scope="module")
def table():
    return trainable_steepness(
        hidden=5,
        seeds=range(2),
        steepness=[0.5, 8.0],
        radius=1.7,
        points=40,
        target=0.5,
        optimiser="Adam",
        learning_rate=0.02,
        steps=[0, 50, 400],
        cycles={"duration": 60.0, "step": 0.05, "segments": 20, "tolerance": 1e-10},
    ).table


def test_every_network_starts_with_the_steepness_asked_for_and_leaves_it(table):
    first, last = table[table["step"] == 0], table[table["last"]]
    assert (first["steepness"] == first["first_steepness"]).all()
    assert (last["steepness"] != last["first_steepness"]).all()
    assert len(table) == 2 * 2 * 3


def test_the_change_of_the_share_counts_from_before_training(table):
    assert (table.loc[table["step"] == 0, "more_saturated"] == 0).all()
    for _, rows in table.groupby(["first_steepness", "seed"]):
        shares = rows["saturated_share"].tolist()
        assert rows["more_saturated"].tolist() == [share - shares[0] for share in shares]


def test_steeper_activations_start_more_saturated(table):
    first = table[table["step"] == 0].groupby("first_steepness")["saturated_share"].max()
    assert first[0.5] < first[8.0]


def test_the_share_counts_units_and_points_of_small_slope():
    # sech² a = 0.1 at a = ±1.818: of these pre-activations three in eight lie beyond.
    edge = math.acosh(math.sqrt(10))
    weights = torch.tensor([[[1.0], [-2.0]]]).double(), torch.ones(1, 1, 2).double()
    biases = torch.zeros(1, 2).double(), torch.zeros(1, 1).double()
    network = Network(weights, biases, activation_named("tanh"))
    points = torch.tensor([[0.0], [0.4], [edge * 0.6], [edge * 1.01]]).double()
    assert saturated_share(network, points).tolist() == [[3 / 8]]


def test_a_network_without_a_cycle_has_no_numbers_of_one(table):
    found = table["attracting_cycle"]
    assert not found[table["step"] == 0].any()
    for name in ("period", "ln_det", "error_estimate"):
        assert (table[name].notna() == found).all()
    assert (table.loc[found, "ln_det"] < 0).all()
    expected = table["ln_det"].fillna(0) / (-4 * math.pi)
    assert table["contraction_over_target"].to_numpy() == pytest.approx(expected.to_numpy())
