"""Frozen weights survive the way to disk and back; everything else is refused in one sentence."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.weights_file import load_network, save_network
from neural_spectra.networks.weights_file_writing import join_weights

METADATA = {"format": "neural-spectra", "version": "1", "activation": "tanh"}


@pytest.fixture
def network():
    return initialise(2, [5, 4], seeds=[3, 1, 8], activation=activation_named("tanh"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights.safetensors"


def tensors(inputs=2, width=4, outputs=2, dtype=torch.float64):
    return {
        "layer_1.weight": torch.ones(width, inputs, dtype=dtype),
        "layer_1.bias": torch.zeros(width, dtype=dtype),
        "layer_2.weight": torch.ones(outputs, width, dtype=dtype),
        "layer_2.bias": torch.zeros(outputs, dtype=dtype),
    }


def refusal(path, **arguments):
    """Return the one sentence with which a file is refused."""
    with pytest.raises(InputError) as error:
        load_network(path, **arguments)
    message = str(error.value)
    assert message.startswith(str(path))
    assert message.isprintable()
    return message


def test_a_stack_reads_back_to_the_last_bit(network, path):
    save_network(path, network, [3, 1, 8], {"rule": "train"})
    loaded, seeds = load_network(path)
    assert seeds == (3, 1, 8)
    assert loaded.activation.name == "tanh"
    for saved, read in zip(
        network.weights + network.biases, loaded.weights + loaded.biases, strict=True
    ):
        assert torch.equal(saved, read)


def test_a_single_network_reads_back_with_a_batch_axis(network, path):
    save_network(path, network[1], [1], {})
    loaded, seeds = load_network(path)
    assert seeds == (1,)
    assert loaded.batch_shape == (1,)
    assert torch.equal(loaded.weights[1][0], network.weights[1][1])


def test_layers_that_are_one_tensor_in_memory_can_be_saved(path):
    tied = torch.arange(4, dtype=torch.float64).reshape(1, 2, 2).mT
    bias = torch.zeros(1, 2, dtype=torch.float64)
    save_network(path, Network((tied, tied), (bias, bias), activation_named("tanh")), [0], {})
    loaded, _ = load_network(path)
    assert torch.equal(loaded.weights[0], tied)
    assert torch.equal(loaded.weights[1], tied)


def test_a_subset_of_seeds_comes_in_the_order_asked_for(network, path):
    save_network(path, network, [3, 1, 8], {})
    loaded, seeds = load_network(path, seeds=[8, 3])
    assert seeds == (8, 3)
    assert torch.equal(loaded.biases[0], network.biases[0][[2, 0]])


def test_a_file_without_seeds_counts_its_networks_from_zero(path):
    stack = {name: torch.stack([tensor] * 3) for name, tensor in tensors().items()}
    save_file(stack, path, METADATA)
    assert load_network(path)[1] == (0, 1, 2)


def test_float32_becomes_float64_without_further_rounding(path):
    weights = tensors(dtype=torch.float32)
    weights["layer_1.weight"] += 0.1
    save_file(weights, path, METADATA)
    loaded, _ = load_network(path)
    assert loaded.weights[0].dtype == torch.float64
    assert loaded.weights[0][0, 0, 0].item() == weights["layer_1.weight"][0, 0].item() != 1.1


def test_the_same_network_gives_the_same_bytes_every_time(network, path):
    # safetensors' own order of the metadata varies from call to call.
    copies = set()
    for _ in range(10):
        save_network(path, network, [3, 1, 8], {"b": 1, "a": [2.5]})
        copies.add(path.read_bytes())
    assert len(copies) == 1


def test_activations_of_their_own_are_saved_and_loaded(network, path):
    names = ("relu", "leaky_relu(0.1)")
    save_network(path, replace(network, activation=names), [3, 1, 8], {})
    loaded, _ = load_network(path)
    assert tuple(sigma.name for sigma in loaded.activations) == names


def test_saving_what_was_loaded_gives_the_same_bytes(network, path):
    save_network(path, network, [3, 1, 8], {"b": 1, "a": [2.5]})
    copy = path.with_suffix(".copy")
    save_network(copy, *load_network(path), {"a": [2.5], "b": 1})
    assert copy.read_bytes() == path.read_bytes()


def test_replicates_saved_in_parts_and_joined_are_the_same_file(network, path, tmp_path):
    save_network(path, network, [3, 1, 8], {"from": "here"})
    parts = [tmp_path / "a.safetensors", tmp_path / "b.safetensors"]
    save_network(parts[0], network[:2], [3, 1], {})
    save_network(parts[1], network[2:], [8], {})
    joined = tmp_path / "joined.safetensors"
    join_weights(parts, joined, {"from": "here"})
    assert joined.read_bytes() == path.read_bytes()


def test_the_header_starts_the_tensors_at_a_multiple_of_eight_bytes(network, path):
    for note in ("", "µ", "ab", "abc", "abcd"):
        save_network(path, network, [3, 1, 8], {"note": note})
        length = int.from_bytes(path.read_bytes()[:8], "little")
        header = json.loads(path.read_bytes()[8 : 8 + length])
        assert length % 8 == 0
        assert json.loads(header["__metadata__"]["provenance"]) == {"note": note}


def test_a_refused_network_leaves_the_earlier_file_and_nothing_else(network, path):
    save_network(path, network, [3, 1, 8], {})
    before = path.read_bytes()
    network.weights[0][0, 0, 0] = torch.nan
    with pytest.raises(InputError, match="not finite"):
        save_network(path, network, [3, 1, 8], {})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_earlier_file_and_nothing_else(network, path, monkeypatch):
    save_network(path, network, [3, 1, 8], {})
    before = path.read_bytes()

    def write_half(self, data):
        with self.open("wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="no space"):
        save_network(path, network[:2], [3, 1], {})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("seeds", [[3, 1], [3, 1, 1], [3, 1, 8, 9]])
def test_saving_needs_one_seed_of_its_own_per_network(network, path, seeds):
    with pytest.raises(InputError, match="3 different whole numbers"):
        save_network(path, network, seeds, {})


def test_a_network_that_is_no_vector_field_is_not_saved(path):
    network = initialise(2, [4], seeds=[0], activation=activation_named("tanh"))
    wide = Network(
        (network.weights[0], torch.ones(1, 3, 4, dtype=torch.float64)),
        (network.biases[0], torch.zeros(1, 3, dtype=torch.float64)),
        network.activation,
    )
    with pytest.raises(InputError, match="maps R\\^2 to R\\^3"):
        save_network(path, wide, [0], {})


def test_a_missing_file_is_refused(path):
    assert "no such weights file" in refusal(path)


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n",
            "a pointer of Git LFS, not the weights; fetch them by git lfs pull",
        ),
        ("/annex/objects/SHA256E-s12345--4d7a2146\n", "fetch them by git annex get"),
        ("\n<!DOCTYPE html>\n<html>", "a web page, not the weights; download the file itself"),
    ],
)
def test_what_lies_in_the_place_of_weights_is_told_with_how_to_get_them(path, content, remedy):
    path.write_text(content, encoding="utf-8")
    assert refusal(path).endswith(remedy)


def test_a_folder_is_refused(tmp_path):
    assert "no such weights file" in refusal(tmp_path)


@pytest.mark.parametrize("kept", [0, 5, 100, 300, -1])
def test_a_truncated_file_is_refused(network, path, kept):
    save_network(path, network, [3, 1, 8], {})
    path.write_bytes(path.read_bytes()[:kept])
    assert "not a complete safetensors file" in refusal(path)


class Payload:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return Path.touch, (self.marker,)


@pytest.mark.parametrize(
    "save", [torch.save, lambda payload, path: path.write_bytes(pickle.dumps(payload))]
)
def test_a_pickle_is_refused_and_not_executed(path, tmp_path, save):
    marker = tmp_path / "executed"
    save(Payload(marker), path)
    assert "never opened" in refusal(path)
    assert not marker.exists()


@pytest.mark.parametrize("key", ["format", "version", "activation"])
def test_metadata_without_a_needed_key_are_refused(path, key):
    save_file(tensors(), path, {name: METADATA[name] for name in METADATA if name != key})
    assert key in refusal(path)


def test_a_safetensors_file_without_metadata_is_refused(path):
    save_file(tensors(), path)
    assert "format = 'neural-spectra'" in refusal(path)


@pytest.mark.parametrize(("key", "value"), [("format", "pt"), ("version", "2")])
def test_another_format_is_refused(path, key, value):
    save_file(tensors(), path, {**METADATA, key: value})
    assert f"{key} = '{value}'" in refusal(path)


@pytest.mark.parametrize("key", [*METADATA, "seeds"])
def test_metadata_that_are_orders_to_the_terminal_are_shown_escaped(path, key):
    save_file(tensors(), path, {**METADATA, key: "\x1b[2J\x07"})
    assert "'\\x1b[2J\\x07'" in refusal(path)


def test_the_name_of_a_tensor_that_is_an_order_to_the_terminal_is_shown_escaped(path):
    weights = tensors()
    weights["layer_2.weigh\x1b[2Jt"] = weights.pop("layer_2.weight")
    save_file(weights, path, METADATA)
    assert "did you mean 'layer_2.weigh\\x1b[2Jt'" in refusal(path)


def test_an_unknown_activation_is_refused_with_the_nearest_known(path):
    save_file(tensors(), path, {**METADATA, "activation": "tahn"})
    assert "did you mean 'tanh'" in refusal(path)


@pytest.mark.parametrize(
    "seeds",
    ["3", "[0, 1]", "[]", "[0.5]", "[true]", '["0"]', "[0", "{}", "\x1b[2J", ""],
    ids=repr,
)
def test_seeds_that_are_no_list_of_whole_numbers_are_refused(path, seeds):
    save_file(tensors(), path, {**METADATA, "seeds": seeds})
    assert f"seeds = {seeds!r}; that must be a JSON list of 1" in refusal(path)


@pytest.mark.parametrize("seeds", ["[" * 100_000, f"[{'7' * 5000}]", "[" * 400 + "]" * 400])
def test_seeds_that_are_too_deep_or_too_long_to_read_are_refused_in_a_short_sentence(path, seeds):
    save_file(tensors(), path, {**METADATA, "seeds": seeds})
    assert "must be a JSON list of 1 different whole numbers" in refusal(path)
    assert len(refusal(path)) < len(str(path)) + 200


@pytest.mark.parametrize("seeds", [[4], [3, 4], []])
def test_asking_for_a_seed_that_is_not_there_is_refused(network, path, seeds):
    save_network(path, network, [3, 1, 8], {})
    assert "the file holds [3, 1, 8]" in refusal(path, seeds=seeds)


def test_a_gap_in_the_layers_is_refused(path):
    weights = tensors()
    for kind in ("weight", "bias"):
        weights[f"layer_3.{kind}"] = weights.pop(f"layer_2.{kind}")
    save_file(weights, path, METADATA)
    assert "'layer_2.weight' is missing" in refusal(path)


def test_a_missing_bias_is_refused(path):
    weights = tensors()
    del weights["layer_2.bias"]
    save_file(weights, path, METADATA)
    assert "'layer_2.bias' is missing" in refusal(path)


def test_a_stray_tensor_is_refused(path):
    save_file({**tensors(), "scale": torch.ones(1)}, path, METADATA)
    assert "no others" in refusal(path)


def test_a_misspelt_tensor_is_refused_with_the_nearest_name(path):
    weights = tensors()
    weights["layer_2.weights"] = weights.pop("layer_2.weight")
    save_file(weights, path, METADATA)
    assert "did you mean 'layer_2.weights'" in refusal(path)


def test_a_linear_map_is_refused(path):
    save_file({"layer_1.weight": torch.ones(2, 2), "layer_1.bias": torch.ones(2)}, path, METADATA)
    assert "'layer_2.weight' is missing" in refusal(path)


EIGHT_BITS = [
    torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz,
    torch.float8_e8m0fnu,
]  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, *EIGHT_BITS])
def test_short_floats_become_float64_without_further_rounding(path, dtype):
    weights = {name: torch.full_like(tensor, 0.25) for name, tensor in tensors().items()}
    save_file({name: tensor.to(dtype) for name, tensor in weights.items()}, path, METADATA)
    loaded, _ = load_network(path)
    assert torch.equal(loaded.weights[0][0], weights["layer_1.weight"])
    assert torch.equal(loaded.biases[1][0], weights["layer_2.bias"])


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2])
def test_short_floats_that_are_not_finite_are_refused(path, dtype):
    bias = torch.full((2,), torch.nan).to(dtype)
    save_file({**tensors(), "layer_2.bias": bias}, path, METADATA)
    assert "'layer_2.bias' holds values that are not finite" in refusal(path)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float8_e5m2])
def test_weights_too_large_for_short_floats_were_lost_in_the_conversion_not_in_training(
    path, dtype
):
    bias = torch.tensor([1e6, 1.0]).to(dtype)
    save_file({**tensors(), "layer_2.bias": bias}, path, METADATA)
    told = f"{dtype} ends at {torch.finfo(dtype).max:g}, and what is larger overflowed when it was"
    assert told in refusal(path)
    assert "train" not in refusal(path)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        (torch.float16, torch.nan),
        (torch.bfloat16, torch.inf),
        (torch.float32, torch.inf),
        (torch.float64, torch.nan),
    ],
)
def test_what_no_conversion_makes_comes_from_training(path, dtype, value):
    bias = torch.full((2,), value, dtype=dtype)
    save_file({**tensors(), "layer_2.bias": bias}, path, METADATA)
    assert "not finite; train again, with a smaller learning rate" in refusal(path)


def test_floats_that_are_packed_in_pairs_are_refused(path):
    pairs = torch.zeros(2, dtype=torch.uint8).view(torch.float4_e2m1fn_x2)
    save_file({**tensors(), "layer_2.bias": pairs}, path, METADATA)
    assert "'layer_2.bias' holds torch.float4_e2m1fn_x2" in refusal(path)


@pytest.mark.parametrize("dtype", [torch.int64, torch.bool, torch.complex64])
def test_numbers_that_are_not_real_floats_are_refused(path, dtype):
    save_file({**tensors(), "layer_2.bias": torch.ones(2).to(dtype)}, path, METADATA)
    assert f"'layer_2.bias' holds {dtype}" in refusal(path)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("layer_1.weight", (4,)),
        ("layer_1.weight", (1, 1, 4, 2)),
        ("layer_1.bias", ()),
        ("layer_2.weight", (1, 2, 4)),
        ("layer_2.bias", (0,)),
    ],
)
def test_a_tensor_with_a_wrong_number_of_axes_is_refused(path, name, shape):
    save_file({**tensors(), name: torch.ones(shape)}, path, METADATA)
    assert f"'{name}' has the shape {shape}" in refusal(path)


@pytest.mark.parametrize(
    ("name", "shape", "words"),
    [
        ("layer_1.bias", (3,), "layer 1"),
        ("layer_2.weight", (2, 3), "layer 2 takes 3 inputs"),
        ("layer_1.weight", (4, 3), "maps R^3 to R^2"),
    ],
)
def test_layers_that_do_not_fit_are_refused(path, name, shape, words):
    save_file({**tensors(), name: torch.ones(shape)}, path, METADATA)
    assert words in refusal(path)


def test_layers_of_different_numbers_of_networks_are_refused(path):
    stack = {
        name: torch.stack([tensor] * (2 if name.startswith("layer_1") else 3))
        for name, tensor in tensors().items()
    }
    save_file(stack, path, METADATA)
    assert "[2, 2, 3, 3]" in refusal(path)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_weights_that_are_not_finite_are_refused(path, value):
    weights = tensors()
    weights["layer_2.weight"][1, 2] = value
    save_file(weights, path, METADATA)
    assert "'layer_2.weight' holds values that are not finite" in refusal(path)
