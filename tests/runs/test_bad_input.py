"""What a user reads after a mistake: one sentence with the place and the remedy, and no damage."""

from pathlib import Path

import pytest
import torch
import yaml
from copies import Workflow, copy_repository
from safetensors.torch import save_file


def with_networks(*names):
    """Return changes that name networks of the user's own, each in a file of its name."""
    networks = {name: {"file": f"{name}.safetensors"} for name in names}
    return yaml.safe_dump({"own": {"networks": networks}})


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A copy of the repository for all tests here: none of them leaves a result."""
    return Workflow(copy_repository(tmp_path_factory.mktemp("shared") / "copy"))


MISTAKES = {
    "saturation: {scale_sweep: {tightnes: 0.1}}": [
        "saturation.scale_sweep.tightnes: unknown key; allowed here: networks, scales, "
        "replicate_scales, points_level, coarsest_level, finest_level, tightness, "
        "jacobian_tightness; did you mean 'tightness'?",
    ],
    """saturation:
  solver: {rtol: 1e-9, segments: 2}
own:
  networks:
    mine: {file: missing.safetensors}
    yours: {file: missing.safetensors, as: map}
""": [
        "saturation.solver.segments = 2: should be greater than or equal to 4",
        "saturation.solver.rtol = '1e-9' is text, not a number; YAML reads it as text, write "
        "1.0e-09",
        "own.networks.mine.file: there is no file 'missing.safetensors'; give the path of the "
        "network's weights",
        "own.networks.yours.file: there is no file 'missing.safetensors'; give the path of the "
        "network's weights",
        "own.networks.yours.as: unknown key; allowed here: file, kind, activation, "
        "output_activation, form, seed",
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


def of_another_dimension(path):
    tensors = good_tensors()
    tensors["layer_1.weight"] = torch.ones(8, 3, dtype=torch.float64)
    save(tensors, path)


def not_finite(path):
    tensors = good_tensors()
    tensors["layer_1.bias"][3] = float("nan")
    save(tensors, path)


BAD_HEADERS = [truncated, pickled, with_shapes_that_do_not_fit, of_another_dimension]


@pytest.mark.parametrize("how", [["--dry-run"], []], ids=["dry run", "run"])
def test_all_files_that_hold_no_network_are_told_before_anything_runs(shared, how):
    before = shared.contents()
    for write in BAD_HEADERS:
        write(shared.folder / f"{write.__name__}.safetensors")
    names = [write.__name__ for write in BAD_HEADERS]
    status, printed = shared.run(*how, "--", "analyse", changes=with_networks(*names))
    assert status == 1
    told = [line.strip() for line in printed.splitlines() if ".safetensors: " in line]
    assert [line.partition(".safetensors: ")[0] for line in told] == sorted(names)
    assert "Traceback" not in printed
    assert not (shared.folder / "payload_ran").exists()
    assert shared.contents() == before


def test_weights_that_are_wrong_inside_are_one_sentence_in_the_log_and_on_the_screen(shared):
    not_finite(shared.folder / "not_finite.safetensors")
    status, printed = shared.run("--", "analyse", changes=with_networks("not_finite"))
    assert status == 1
    log = shared.results / "own/not_finite/logs/analyse.log"
    sentence = log.read_text(encoding="utf-8")
    assert sentence.startswith("analyse_flow: not_finite.safetensors: tensor 'layer_1.bias' holds")
    assert sentence.count("\n") == 1
    assert sentence in printed
    assert "Traceback" not in printed


def test_asking_for_an_analysis_of_nothing_is_one_sentence(shared):
    status, printed = shared.run("--dry-run", "--", "analyse")
    assert status == 1
    assert "own.networks names no network to analyse: name some in a config file" in printed
    assert "Traceback" not in printed


LOOKALIKES = ["nan", "true", "1", "1e5", "my-net"]


def test_a_network_may_be_called_what_looks_like_something_else(shared):
    for name in LOOKALIKES:
        save(good_tensors(), shared.folder / f"{name}.safetensors")
    printed = shared.plan("--", "analyse", changes=with_networks(*LOOKALIKES))
    planned = [f"results/own/{name}/index.html" for name in LOOKALIKES]
    assert [page for page in planned if f"output: {page}" in printed] == planned
