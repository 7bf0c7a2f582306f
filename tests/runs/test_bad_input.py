"""What a user reads after a mistake: one sentence with the place and the remedy, and no damage."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from neural_spectra.workflow.csv_tables import read_table

WEIGHTS = "results/saturation/weights/mine/final.safetensors"
SWEEP = "results/saturation/parts/scale_sweep/mine/0-0.csv"
ORBITS = "results/saturation/parts/own_monodromy/mine/0-0.csv"

# A network of the user's own, beside those of the tiny configuration.
MINE = """
saturation:
  networks: {mine: {method: file, weights: mine.safetensors, seeds: 1}}
  scale_sweep: {networks: [shifted_32, free_32, mine]}
  monodromy: {networks: [shifted_32, mine]}
  own_orbits: {scales: {mine: {start: 1.0, stop: 2.0, count: 2, spacing: linear}}}
"""

MISTAKES_IN_THE_CONFIG = {
    "an unknown key": (
        "saturation: {scale_sweep: {tightnes: 0.1}}",
        "changes.yaml: saturation.scale_sweep.tightnes: unknown key; allowed here: networks, "
        "scales, replicate_scales, points_level, coarsest_level, finest_level, tightness; did you "
        "mean 'tightness'?",
    ),
    "a wrong type": (
        "saturation: {seeds_per_job: many}",
        "changes.yaml: saturation.seeds_per_job = 'many' is text, not a number",
    ),
    "a number that YAML reads as text": (
        "saturation: {solver: {rtol: 1e-9}}",
        "changes.yaml: saturation.solver.rtol = '1e-9' is text, not a number; YAML reads it as "
        "text, write 1.0e-09",
    ),
    "a scale of zero": (
        "saturation: {scale_sweep: {scales: {start: 0.0}}}",
        "changes.yaml: saturation.scale_sweep.scales.start = 0.0: should be greater than 0",
    ),
    "a negative scale": (
        "saturation: {monodromy: {replicate_scales: [1.0, -4.0]}}",
        "changes.yaml: saturation.monodromy.replicate_scales.1 = -4.0: should be greater than 0",
    ),
    "no seeds": (
        "saturation: {networks: {free_32: {seeds: 0}}}",
        "changes.yaml: saturation.networks.free_32.seeds = 0: should be greater than or equal to 1",
    ),
    "a region without a point": (
        "saturation: {regions: {unit_disc: {size: 0.0}}}",
        "changes.yaml: saturation.regions.unit_disc.size = 0.0: should be greater than 0",
    ),
    "a ball without a size": (
        "saturation: {regions: {ring: {shape: ball}}}",
        "changes.yaml: saturation.regions.ring: shape ball needs a size above 0",
    ),
    "a misspelt network": (
        "saturation: {yorke_limit: {networks: [free_23]}}",
        "changes.yaml: saturation: yorke_limit (own_orbits.scales): there is no 'free_23'; did you "
        "mean 'free_32'?",
    ),
    "a weights file that is not there": (
        MINE,
        "changes.yaml: saturation.networks.mine.weights: there is no file 'mine.safetensors'; give "
        "the path of a safetensors file",
    ),
    "a scale that is shown but not computed": (
        "saturation: {table_scales: [1.0, 3.3333]}",
        "changes.yaml: saturation: table_scales: s = 3.3333 is not among scale_sweep.scales; take "
        "4, the nearest there, or add it to them",
    ),
    "a count beyond any memory": (
        "rnn: {drift_map: {steps: {count: 1000000000000}}}",
        "changes.yaml: rnn.drift_map.steps.count = 1000000000000: should be less than or equal to "
        "1000",
    ),
    "a step that would take for ever": (
        "rnn: {non_odd_activations: {step: 1.0e-9}}",
        "changes.yaml: rnn.non_odd_activations: duration / step = 6 / 1e-09 makes 6e+09 steps; "
        "choose them so that there are 1 to 10000000",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES_IN_THE_CONFIG)
def test_a_mistake_in_the_config_is_one_sentence_and_nothing_runs(workflow, mistake):
    changes, sentence = MISTAKES_IN_THE_CONFIG[mistake]
    before = workflow.contents()
    status, printed = workflow.run(changes=changes)
    assert status == 1
    said = [line.strip() for line in printed.splitlines()]
    said = [line for line in said if not line.startswith(("Using workflow", "Config file "))]
    assert said in ([sentence], ["1 mistake in the config:", sentence])
    assert workflow.contents() == before


def test_every_weights_file_that_is_not_there_is_named_with_its_key(workflow):
    given = {name: f"{{method: file, weights: {name}.st, seeds: 1}}" for name in ("mine", "yours")}
    networks = ", ".join(f"{name}: {settings}" for name, settings in given.items())
    status, printed = workflow.run(changes=f"saturation: {{networks: {{{networks}}}}}")
    assert status == 1
    assert "2 mistakes in the config:" in printed
    for name in given:
        place = f"changes.yaml: saturation.networks.{name}.weights: "
        assert f"{place}there is no file '{name}.st'; give the path" in printed


def test_every_mistake_is_reported_at_once(workflow):
    changes = "saturation: {solver: {rtol: tight, segments: 2}, networks: {free_32: {sedes: 3}}}"
    _, printed = workflow.run(changes=changes)
    assert "3 mistakes in the config:" in printed
    assert all(place in printed for place in ("solver.rtol", "solver.segments", "free_32.sedes"))


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
    """Runs a command when it is unpickled."""

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


BAD_WEIGHTS = {
    truncated: "mine.safetensors: not a complete safetensors file (Error while deserializing "
    "header: incomplete metadata, file not fully covered); export the weights again with "
    "safetensors.torch.save_file (pickles such as .pt are never opened)",
    pickled: "mine.safetensors: not a complete safetensors file (Error while deserializing header: "
    "header too large); export the weights again with safetensors.torch.save_file (pickles such "
    "as .pt are never opened)",
    with_shapes_that_do_not_fit: "mine.safetensors: layer 2 takes 7 inputs, but layer 1 gives 8 "
    "outputs; these must be equal",
    of_three_dimensions: "mine.safetensors: the network maps R^3 to itself, but the oscillator's "
    "circle lies in the plane; take 'mine' out of monodromy.networks of the study saturation",
    not_finite: "mine.safetensors: tensor 'layer_1.bias' holds values that are not finite; train "
    "again, with a smaller learning rate if that diverged",
}


@pytest.mark.parametrize("write", BAD_WEIGHTS, ids=lambda write: write.__name__)
def test_bad_weights_are_one_sentence_in_the_log_and_on_the_screen(workflow, write):
    write(workflow.folder / "mine.safetensors")
    before = workflow.contents()
    status, printed = workflow.run("--", WEIGHTS, changes=MINE)
    assert status == 1
    sentence = f"freeze_given_weights: {BAD_WEIGHTS[write]}\n"
    log = workflow.results / "saturation" / "logs" / "freeze_given_weights" / "mine.log"
    assert log.read_text(encoding="utf-8") == sentence
    assert sentence in printed
    assert "Traceback" not in printed
    assert not (workflow.folder / "payload_ran").exists()
    assert workflow.contents() == before


def test_good_weights_go_through_the_whole_workflow(workflow):
    save(good_tensors(), workflow.folder / "mine.safetensors")
    status, printed = workflow.run("--", SWEEP, changes=MINE)
    assert status == 0, printed
    sweep = read_table(workflow.folder / SWEEP)
    assert set(sweep["network"]) == {"mine"}
    assert (sweep["jacobian_norm"] <= sweep["refined_bound"] * (1 + 1e-12)).all()
    # What is left to do beside it needs nothing that only a trained network has.
    assert "train_stuart_landau" not in workflow.scheduled(changes=MINE)


def test_a_network_that_never_settles_on_an_orbit_gives_a_row_that_says_so(workflow):
    # f(x) = −tanh(x) comes to rest in the origin.
    identity, zero = torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    layers = {"layer_1.weight": identity, "layer_2.weight": -identity}
    save(
        layers | {"layer_1.bias": zero, "layer_2.bias": zero.clone()},
        workflow.folder / "mine.safetensors",
    )
    status, printed = workflow.run("--", ORBITS, changes=MINE)
    assert status == 0, printed
    rows = read_table(workflow.folder / ORBITS)
    assert list(rows["status"]) == ["equilibrium", "equilibrium"]
    assert rows[["period", "ln_det", "shooting_defect"]].isna().all(axis=None)


def test_a_network_may_have_any_name_that_a_folder_may_have(workflow):
    save(good_tensors(), workflow.folder / "mine.safetensors")
    changes = MINE.replace("mine:", "my-net:").replace(", mine]", ", my-net]")
    assert "freeze_given_weights" in workflow.scheduled(changes=changes)
