"""Networks fitted to Morris–Lecar neurons: runs, errors, cycles, bounds."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.integrate import solve_ivp

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.config.companion_folder import companion_networks as listed
from neural_spectra.config.companion_folder import companion_scaling
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network, one_batch
from neural_spectra.networks.reading import read_network
from neural_spectra.studies.open_questions.companion_networks import scaled_as_published
from neural_spectra.studies.open_questions.measured_trajectories import morris_lecar_trajectories
from neural_spectra.studies.open_questions.morris_lecar import morris_lecar
from neural_spectra.studies.open_questions.morris_lecar_networks import (
    compared,
    free_runs,
    morris_lecar_networks,
    own_cycles,
    with_targets,
)
from neural_spectra.studies.open_questions.train_morris_lecar import train_morris_lecar

pytestmark = pytest.mark.many_steps
COMPANION = Path(__file__).parents[4] / "shared/data/morris_lecar_companion"
CURRENTS = {"hopf": 90.0, "homoclinic": 50.0}
DATA = {"duration": 300.0, "unit": 10.0}
SEARCH = {"window": 4.0, "windows": 4, "step": 0.1, "return_distance": 0.01, "segments": 20}
SEARCH |= {"rtol": 1e-8, "atol": 1e-8}
NETWORKS = {
    "tanh": {"activation": "tanh", "inputs": "scaled"},
    "raw": {"activation": "tanh", "inputs": "millivolts"},
}
PROTOCOL = {
    "samples": 60,
    "segment": 5,
    "optimiser": "Adam",
    "learning_rate": 0.01,
    "largest_gradient": 1.0,
    "steps": [0, 5, 20],
    "cycles_from": 20,
    "solver": {"method": "rk4"},
}
TARGETS = pd.DataFrame(
    {
        "set": ["hopf", "hopf", "homoclinic"],
        "status": ["equilibrium", "orbit", "equilibrium"],
        "period": [math.nan, 102.7, math.nan],
        "ln_det": [math.nan, -8.77, math.nan],
    }
)


@pytest.fixture(scope="module")
def trained():
    return train_morris_lecar(
        [0, 1],
        currents=CURRENTS,
        data=DATA,
        hidden=[8],
        networks=NETWORKS,
        target=0.05,
        protocol=PROTOCOL,
    )


@pytest.fixture(scope="module")
def measured(trained):
    networks, training = trained
    settings = {"currents": CURRENTS, "data": DATA, "protocol": PROTOCOL, "search": SEARCH}
    return morris_lecar_networks(networks, training.table, TARGETS, **settings).table


def morris_lecar_by_hand(_, x):
    v, n = x
    m = (1 + np.tanh((v + 1.2) / 18)) / 2
    n_open, rate = (1 + np.tanh((v - 2) / 30)) / 2, 0.04 * np.cosh((v - 2) / 60)
    return [
        (90 - 2 * (v + 60) - 4.4 * m * (v - 120) - 8 * n * (v + 84)) / 20,
        rate * (n_open - n),
    ]


def test_the_data_are_the_neuron_from_the_origin_and_fill_the_square():
    trajectories = morris_lecar_trajectories(CURRENTS, samples=100, **DATA)
    times = np.linspace(0, 300, 101)
    found = solve_ivp(
        morris_lecar_by_hand, (0, 300), [0, 0], "DOP853", times, rtol=1e-11, atol=1e-12
    )
    states = trajectories.states * trajectories.scale[:, None] + trajectories.center[:, None]
    np.testing.assert_allclose(states[0], found.y.T, rtol=1e-6, atol=1e-6)
    assert torch.equal(trajectories.states.amax(1), torch.ones(2, 2).double())
    torch.testing.assert_close(trajectories.states.amin(1), -torch.ones(2, 2).double())


def test_a_free_run_is_the_networks_own_flow():
    trajectories = morris_lecar_trajectories({"hopf": 90.0}, samples=30, **DATA)
    network = initialise(2, [8], [3], activation_named("tanh"))
    (run,) = free_runs(network, trajectories)
    found = solve_ivp(
        lambda _, y: network(torch.tensor(y)[None])[0, 0].numpy(),
        (0, 30),
        trajectories.states[0, 0].numpy(),
        "DOP853",
        trajectories.times.numpy(),
        rtol=1e-10,
        atol=1e-12,
    )
    np.testing.assert_allclose(run, found.y.T, rtol=1e-5, atol=1e-6)
    table = compared(network, trajectories).table
    difference = (run - trajectories.states[0])[:, 0] * trajectories.scale[0, 0]
    assert table["mse_potential"].item() == pytest.approx(difference.square().mean().item())
    norms = [torch.linalg.matrix_norm(weight[0], ord=2).item() for weight in network.weights]
    assert table["bound"].item() == pytest.approx(math.prod(norms) / 10 * table["delta"].item())


def test_a_seed_starts_alike_in_every_set_and_rows_are_in_the_order_of_the_networks(trained):
    networks, training = trained
    rows = training.table[training.table["network"] == "tanh"].reset_index(drop=True)
    first = rows.index[(rows["step"] == 0) & (rows["seed"] == 1)]
    weights = networks["tanh"].weights[0][first]
    assert list(rows.loc[first, "set"]) == ["hopf", "homoclinic"]
    assert torch.equal(weights[0], weights[1])
    assert len(rows) == len(networks["tanh"].weights[0]) == 3 * 2 * 2


def test_training_lowers_the_loss_of_every_network(trained):
    table = trained[1].table
    losses = table.pivot_table(index=["network", "set", "seed"], columns="step", values="loss")
    assert (losses[20] < losses[0]).all()
    assert (table["target_met"] == (table["loss"] <= 0.05)).all()


def test_rows_tell_whether_training_made_the_run_better(measured):
    for _, rows in measured[measured["step"] > 0].groupby(["network", "set", "seed"]):
        errors = rows["mse_potential"]
        assert list(rows["best_over_error"]) == pytest.approx(list(errors.min() / errors))
        assert rows["best_over_error"].max() == 1


def test_only_a_neuron_with_a_cycle_has_something_to_exclude(measured):
    hopf = measured[measured["set"] == "hopf"]
    expected = hopf["bound"] * 102.7 / 8.77
    assert list(hopf["bound_over_target"]) == pytest.approx(list(expected))
    assert measured.loc[measured["set"] == "homoclinic", "bound_over_target"].isna().all()


def test_cycles_are_looked_for_from_the_step_on_that_the_protocol_says(measured):
    early = measured["step"] < PROTOCOL["cycles_from"]
    assert (measured.loc[early, "status"] == "not looked for").all()
    assert (measured.loc[~early, "status"] != "not looked for").all()


def test_a_network_that_explodes_is_said_to_and_has_failed():
    trajectories = morris_lecar_trajectories({"hopf": 90.0}, samples=30, **DATA)
    growing = Network(
        (40 * torch.eye(2).double()[None],) * 2,
        (torch.zeros(1, 2).double(),) * 2,
        "identity",
    )
    both = trajectories[torch.tensor([0])]
    found = compared(growing, both)
    assert found.table["failed"].item()
    assert math.isnan(found.table["mse_potential"].item())
    everything = torch.ones(1, dtype=torch.bool)
    cycles = own_cycles(growing, both, found.ends, everything, SEARCH).table
    assert cycles["status"].item() == "explodes"


def test_the_neurons_own_cycle_is_that_of_the_starts_that_reach_it():
    found = {
        "status": ["orbit", "equilibrium", "not looked for"],
        "ln_det": [-8.0, math.nan, math.nan],
    }
    table = with_targets(pd.DataFrame({"set": "hopf", "bound": 0.1, **found}), TARGETS)
    assert (table["target_ln_det"] == -8.77).all()
    assert list(table["bound_over_target"]) == pytest.approx([0.1 * 102.7 / 8.77] * 3)
    contraction = list(table["contraction_over_target"])
    assert contraction[:2] == pytest.approx([8.0 / 8.77, 0.0])
    assert math.isnan(contraction[2])


def test_the_figure_shows_the_last_networks_of_the_first_seed(trained, measured):
    networks, _ = trained
    rows = measured.assign(protocol="p")
    table = morris_lecar({"p": networks}, rows, currents=CURRENTS, data=DATA, samples={"p": 60})
    runs = table[(table["shows"] == "run") & (table["network"] == "tanh")]
    trajectories = morris_lecar_trajectories(CURRENTS, samples=60, **DATA)
    for name, k in zip(CURRENTS, range(2), strict=True):
        last = rows[(rows["network"] == "tanh") & (rows["step"] == 20) & (rows["seed"] == 0)]
        expected = last.loc[last["set"] == name, "mse_potential"].item()
        data = trajectories.states[k, :, 0] * trajectories.scale[k, 0] + trajectories.center[k, 0]
        run = runs.loc[runs["set"] == name, "potential"].to_numpy()
        assert ((run - data.numpy()) ** 2).mean() == pytest.approx(expected)


@pytest.mark.skipif(not COMPANION.is_dir(), reason="the companion paper's networks are not here")
@pytest.mark.parametrize("name", ["hopf", "snlc", "homoclinic"])
def test_the_companion_papers_published_errors_come_out_and_no_layer_is_saturated(name):
    networks = [network for network in listed(str(COMPANION)) if network.set == name]
    assert len(networks) == 5
    scaling = companion_scaling(str(COMPANION))[name]
    current = {"hopf": 90.0, "snlc": 42.0, "homoclinic": 50.0}[name]
    trajectory = scaled_as_published(name, current, scaling)
    network = one_batch([read_network(each.file, "tanh").network.flattened() for each in networks])
    table = compared(network, trajectory[torch.zeros(5).long()]).table
    published = [each.published for each in networks]
    assert list(table["mse_potential"]) == pytest.approx(published, rel=0.01)
    assert (table["steepest_slope_met"] >= 0.999).all()
    assert (table["delta"] == 1).all()
