"""What a user reads after a mistake: one sentence with the place and the remedy, and no damage."""

from pathlib import Path

import pandas as pd
import pytest
import torch
import yaml
from safetensors.torch import save_file

from neural_spectra.workflow.csv_tables import read_table

SWEEP = "results/saturation/parts/scale_sweep/mine/0-0.csv"
ORBITS = "results/saturation/parts/own_monodromy/mine/0-0.csv"


def with_networks(*names):
    """Return changes that add networks of the user's own to those of the tiny configuration."""
    given = {
        name: {"method": "file", "weights": f"{name}.safetensors", "seeds": 1} for name in names
    }
    scales = {"start": 1.0, "stop": 2.0, "count": 2, "spacing": "linear"}
    saturation = {
        "networks": given,
        "scale_sweep": {"networks": ["shifted_32", "free_32", *names]},
        "monodromy": {"networks": ["shifted_32", *names]},
        "own_orbits": {"scales": {name: dict(scales) for name in names}},
    }
    return yaml.safe_dump({"saturation": saturation})


MINE = with_networks("mine")


MISTAKES = {
    "saturation: {scale_sweep: {tightnes: 0.1}}": [
        "saturation.scale_sweep.tightnes: unknown key; allowed here: networks, scales, "
        "replicate_scales, points_level, coarsest_level, finest_level, tightness, "
        "jacobian_tightness; did you mean 'tightness'?",
    ],
    """saturation:
  solver: {rtol: 1e-9, segments: 2}
  networks:
    mine: {method: file, weights: missing.safetensors, seeds: 1}
    yours: {method: file, weights: missing.safetensors, seeds: 1}
""": [
        "saturation.networks.mine.weights: there is no file 'missing.safetensors'; give the path "
        "of a safetensors file",
        "saturation.networks.yours.weights: there is no file 'missing.safetensors'; give the path "
        "of a safetensors file",
        "saturation.solver.segments = 2: should be greater than or equal to 4",
        "saturation.solver.rtol = '1e-9' is text, not a number; YAML reads it as text, write "
        "1.0e-09",
    ],
}


@pytest.mark.parametrize("changes", MISTAKES, ids=["one", "several"])
def test_mistakes_in_the_config_are_one_sentence_each_and_nothing_runs(shared, changes):
    before = shared.contents()
    status, printed = shared.run(changes=changes)
    assert status == 1
    _, told, mistakes = printed.partition(" in the config:\n")
    assert told, printed
    assert mistakes.splitlines() == [f"  changes.yaml: {mistake}" for mistake in MISTAKES[changes]]
    assert "Traceback" not in printed
    assert shared.contents() == before


# Weights from elsewhere.


def good_tensors():
    generator = torch.Generator().manual_seed(0)

    def normal(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    return {
        "layer_1.weight": normal(8, 2),
        "layer_1.bias": normal(8),
        "layer_2.weight": 0.3 * normal(2, 8),
        "layer_2.bias": torch.zeros(2, dtype=torch.float64),
    }


def save(tensors, path):
    metadata = {"format": "neural-spectra", "version": "1", "activation": "tanh"}
    save_file(tensors, path, metadata)


def truncated(path):
    save(good_tensors(), path)
    path.write_bytes(path.read_bytes()[:-100])


class Payload:
    """Leaves a file behind when it is unpickled."""

    def __reduce__(self):
        return Path.touch, (Path("payload_ran"),)


def pickled(path):
    torch.save({"weights": good_tensors(), "payload": Payload()}, path)


def with_shapes_that_do_not_fit(path):
    tensors = good_tensors()
    tensors["layer_2.weight"] = tensors["layer_2.weight"][:, :7].clone()
    save(tensors, path)


def of_three_dimensions(path):
    tensors = good_tensors()
    tensors["layer_1.weight"] = torch.ones(8, 3, dtype=torch.float64)
    tensors["layer_2.weight"] = torch.ones(3, 8, dtype=torch.float64)
    tensors["layer_2.bias"] = torch.zeros(3, dtype=torch.float64)
    save(tensors, path)


def not_finite(path):
    tensors = good_tensors()
    tensors["layer_1.bias"][3] = float("nan")
    save(tensors, path)


NEVER_OPENED = "(pickles such as .pt are never opened)"
EXPORT = f"export the weights again with safetensors.torch.save_file {NEVER_OPENED}"
BAD_WEIGHTS = {
    truncated: "not a complete safetensors file (Error while deserializing header: incomplete "
    f"metadata, file not fully covered); {EXPORT}",
    pickled: "not a complete safetensors file (Error while deserializing header: header too "
    f"large); {EXPORT}",
    with_shapes_that_do_not_fit: "layer 2 takes 7 inputs, but layer 1 gives 8 outputs; these must "
    "be equal",
    of_three_dimensions: "the network maps R^3 to itself, but the oscillator's circle lies in the "
    "plane; take 'of_three_dimensions' out of monodromy.networks of the study saturation",
    not_finite: "tensor 'layer_1.bias' holds values that are not finite; train again, with a "
    "smaller learning rate if that diverged",
}


@pytest.fixture(scope="module")
def refused(shared):
    """Try all bad weights in one run; return what was printed, and the results before it."""
    before = shared.contents()
    names = {write.__name__: write for write in BAD_WEIGHTS}
    for name, write in names.items():
        write(shared.folder / f"{name}.safetensors")
    targets = [f"results/saturation/weights/{name}/final.safetensors" for name in names]
    status, printed = shared.run("--", *targets, changes=with_networks(*names))
    assert status == 1
    return printed, before


@pytest.mark.parametrize("write", BAD_WEIGHTS, ids=lambda write: write.__name__)
def test_bad_weights_are_one_sentence_in_the_log_and_on_the_screen(refused, shared, write):
    printed, _ = refused
    name = write.__name__
    sentence = f"freeze_given_weights: {name}.safetensors: {BAD_WEIGHTS[write]}\n"
    log = shared.results / "saturation" / "logs" / "freeze_given_weights" / f"{name}.log"
    assert log.read_text(encoding="utf-8") == sentence
    assert sentence in printed


def test_bad_weights_run_nothing_and_change_nothing(refused, shared):
    printed, before = refused
    assert "Traceback" not in printed
    assert not (shared.folder / "payload_ran").exists()
    assert shared.contents() == before


def test_good_weights_go_through_the_whole_workflow(workflow):
    save(good_tensors(), workflow.folder / "mine.safetensors")
    status, printed = workflow.run("--", SWEEP, changes=MINE)
    assert status == 0, printed
    sweep = read_table(workflow.folder / SWEEP)
    assert set(sweep["network"]) == {"mine"}
    assert (sweep["jacobian_norm"] <= sweep["refined_bound"] * (1 + 1e-12)).all()
    # What is left to do beside it needs nothing that only a trained network has.
    assert "train_stuart_landau" not in workflow.scheduled(changes=MINE)


def test_a_network_that_never_settles_on_an_orbit_gives_a_row_that_says_so(clean):
    # f(x) = −tanh(x) comes to rest in the origin.
    identity, zero = torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    layers = {"layer_1.weight": identity, "layer_2.weight": -identity}
    save(
        layers | {"layer_1.bias": zero, "layer_2.bias": zero.clone()},
        clean.folder / "mine.safetensors",
    )
    status, printed = clean.run("--", ORBITS, changes=MINE)
    assert status == 0, printed
    rows = read_table(clean.folder / ORBITS)
    assert list(rows["status"]) == ["equilibrium", "equilibrium"]
    assert rows[["period", "ln_det", "shooting_defect"]].isna().all(axis=None)


def test_a_network_may_have_any_name_that_a_folder_may_have(clean):
    save(good_tensors(), clean.folder / "my-net.safetensors")
    assert "freeze_given_weights" in clean.scheduled(changes=with_networks("my-net"))


LOOKALIKES = ["nan", "true", "1", "1e5"]


def test_a_network_may_be_called_what_looks_like_something_else(workflow):
    for name in LOOKALIKES:
        save(good_tensors(), workflow.folder / f"{name}.safetensors")
    ledger = workflow.results / "claims/claims.csv"
    sweep = workflow.results / "saturation/data/scale_sweep.csv"
    before, networks = read_table(ledger), list(read_table(sweep)["network"].unique())
    given = {
        name: {"method": "file", "weights": f"{name}.safetensors", "seeds": 1}
        for name in LOOKALIKES
    }
    swept = {"networks": [*networks, *LOOKALIKES]}
    changes = yaml.safe_dump({"saturation": {"networks": given, "scale_sweep": swept}})
    status, printed = workflow.run("--", "results/claims/claims.csv", changes=changes)
    assert status == 0, printed
    assert list(read_table(sweep)["network"].unique()) == [*networks, *LOOKALIKES]
    # The papers' claims are not about them.
    pd.testing.assert_frame_equal(read_table(ledger), before)
