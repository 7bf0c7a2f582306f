"""A network of the user's own, given the way config/README.md says."""

import re

import pytest
import torch
from copies import ROOT
from safetensors.torch import save_file

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.reference_systems import StuartLandau, UnstableAxis
from neural_spectra.networks.initialisation import initialise, sample_ball
from neural_spectra.networks.training import levenberg_marquardt
from neural_spectra.workflow.csv_tables import read_table
from van_der_pol import VanDerPol

EXAMPLES = re.findall(
    r"```yaml\n(.*?)```", (ROOT / "config/README.md").read_text(encoding="utf-8"), re.DOTALL
)
OF_THE_OSCILLATOR, OF_ANOTHER = [example for example in EXAMPLES if "mine" in example]
PARTS = "results/saturation/parts"
TABLES = ("scale_sweep", "own_monodromy", "own_multipliers")


def fitted(system, radius):
    """Fit a small network to a system on a ball."""
    x = sample_ball(400, system.dimension, radius, torch.Generator().manual_seed(0))
    start = initialise(system.dimension, [24], [0], activation_named("tanh"))
    return levenberg_marquardt(start, x, system(x), steps=60, target=1e-6).final


def save(network, folder):
    """Export a network as a user would."""
    tensors = {
        f"layer_{k}.{kind}": tensor[0].contiguous()
        for kind, layers in {"weight": network.weights, "bias": network.biases}.items()
        for k, tensor in enumerate(layers, start=1)
    }
    metadata = {"format": "neural-spectra", "version": "1", "activation": "tanh"}
    save_file(tensors, folder / "mine.safetensors", metadata)


def computed(workflow, example):
    """Run what the tables of this network need; return them at s = 1."""
    files = [f"{PARTS}/{table}/mine/0-0.csv" for table in TABLES]
    status, printed = workflow.run("--", *files, changes=example)
    assert status == 0, printed
    return [read_table(workflow.folder / file).query("s == 1") for file in files]


def test_a_network_of_another_oscillator_gets_the_numbers_of_its_own_orbit(clean):
    save(fitted(VanDerPol(), 3.5), clean.folder)
    sweep, orbits, multipliers = computed(clean, OF_ANOTHER)
    # The van der Pol oscillator's period, and its exponent -1.0594 times that.
    assert orbits["period"].item() == pytest.approx(6.6633, rel=0.01)
    assert orbits["ln_det"].item() == pytest.approx(-7.0588, rel=0.01)
    assert multipliers["ln_modulus"].tolist() == pytest.approx([0, -7.0588], rel=0.01, abs=1e-8)
    around = sweep.query("region == 'around_mine'")
    assert orbits["farthest"].item() < 3
    assert (around["jacobian_norm"] <= around["refined_bound"]).all()
    assert (around["refined_bound"] <= around["bound"]).all()


def test_a_network_in_three_dimensions_has_bounds_on_balls_and_an_orbit_of_its_own(clean):
    # With a negative rate the third axis attracts.
    save(fitted(UnstableAxis(StuartLandau(), rate=-1.0), 1.5), clean.folder)
    sweep, orbits, multipliers = computed(clean, OF_ANOTHER)
    assert set(sweep["region"]) == {"unit_disc", "training_disc", "around_mine"}
    assert (sweep["refined_bound"] <= sweep["bound"]).all()
    assert orbits[["dimension", "status"]].to_numpy().tolist() == [[3, "orbit"]]
    exact = [0, -6.2832, -12.5664]
    assert multipliers["ln_modulus"].tolist() == pytest.approx(exact, rel=0.01, abs=1e-8)


def test_a_network_in_three_dimensions_is_refused_along_the_circle_in_one_sentence(clean):
    save(initialise(3, [4], [0], activation_named("tanh")), clean.folder)
    status, printed = clean.run(
        "--", f"{PARTS}/scale_sweep/mine/0-0.csv", changes=OF_THE_OSCILLATOR
    )
    assert status == 1
    assert (
        "freeze_given_weights: mine.safetensors: the network maps R^3 to itself, but the "
        "oscillator's circle lies in the plane; take 'mine' out of monodromy.networks of the study "
        "saturation\n"
    ) in printed
    assert "Traceback" not in printed
