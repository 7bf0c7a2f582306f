"""Files as users of PyTorch write them: read as they are meant, or refused by what is wrong."""

import json
import pickle
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import prune

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.matrix_reading import read_matrix
from neural_spectra.networks.reading import read_map, read_network
from neural_spectra.networks.weights_file import save_network
from neural_spectra.networks.weights_header import read_header

SOURCE = Path(__file__).parents[2] / "src"
POINTS = torch.randn(20, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def mlp(*widths, activation=nn.Tanh, bias=True):
    torch.manual_seed(sum(widths))
    layers = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs, bias=bias), activation()]
    return nn.Sequential(*layers[:-1])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mine.safetensors"


def written(path, state, metadata=None):
    save_file({name: tensor.contiguous() for name, tensor in state.items()}, path, metadata)
    return path


def assert_is(given, module):
    expected = module.double()(POINTS).detach()
    torch.testing.assert_close(given.network(POINTS), expected, rtol=1e-12, atol=1e-12)


def refusal(path, activation="tanh", **options):
    with pytest.raises(InputError) as error:
        read_network(path, activation, **options)
    return str(error.value)


def test_the_state_of_a_sequential_is_its_field(path):
    model = mlp(2, 16, 8, 2)
    given = read_network(written(path, model.state_dict()), "tanh")
    assert given.understood == "d = 2, layers 2-16-8-2, tanh, float32"
    assert (given.dtype, given.activations) == ("float32", ("tanh", "tanh"))
    assert given.verified is None
    assert given.states is None
    assert_is(given, model)


@pytest.mark.parametrize(
    "prefix", ["", "net.", "module.", "_orig_mod.", "model.", "module._orig_mod.model.net."]
)
def test_prefixes_are_left_out(path, prefix):
    model = mlp(2, 16, 2)
    state = {prefix + name: tensor for name, tensor in model.state_dict().items()}
    assert_is(read_network(written(path, state), "tanh"), model)


def test_a_wrapper_around_some_layers_only_is_left_out(path):
    model = mlp(2, 16, 2)
    names = {"0": "net._orig_mod.0", "2": "net.2"}
    state = {names[name[0]] + name[1:]: tensor for name, tensor in model.state_dict().items()}
    assert_is(read_network(written(path, state), "tanh"), model)


def test_layers_come_in_numeric_order(path):
    model = mlp(2, *[8] * 6, 2)
    assert "10.weight" in model.state_dict()
    assert_is(read_network(written(path, model.state_dict()), "tanh"), model)


def test_nested_sequentials_come_in_the_order_of_their_numbers(path):
    model = nn.Sequential(mlp(2, 8, 8), nn.Tanh(), mlp(8, 8, 2))
    assert_is(read_network(written(path, model.state_dict()), "tanh"), model)


@pytest.mark.parametrize(
    "names", [["fc1", "fc2", "fc3"], ["input", "hidden", "output"], ["lin_in", "hidden.0", "out"]]
)
def test_layers_with_names_come_in_the_only_order_that_fits(path, names):
    model = mlp(2, 16, 8, 2)
    known = dict(zip(("0", "2", "4"), names, strict=True))
    state = {known[name[0]] + name[1:]: tensor for name, tensor in model.state_dict().items()}
    assert_is(read_network(written(path, state), "tanh"), model)


def test_an_order_that_nothing_tells_is_refused(path):
    model = mlp(2, 8, 8, 8, 2)
    known = {"0": "first", "2": "middle", "4": "inner", "6": "last"}
    state = {known[name[0]] + name[1:]: tensor for name, tensor in model.state_dict().items()}
    assert "their shapes fit in several orders; number them" in refusal(written(path, state))


def test_missing_biases_are_zero(path):
    model = mlp(2, 16, 2, bias=False)
    assert_is(read_network(written(path, model.state_dict()), "tanh"), model)


@pytest.mark.parametrize(
    "parametrised",
    [
        nn.utils.parametrizations.weight_norm,
        nn.utils.parametrizations.spectral_norm,
        pytest.param(
            nn.utils.weight_norm, marks=pytest.mark.filterwarnings("ignore::FutureWarning")
        ),
        nn.utils.spectral_norm,
        lambda layer: nn.utils.parametrizations.weight_norm(layer, dim=1),
        lambda layer: nn.utils.parametrizations.weight_norm(layer, dim=None),
        lambda layer: prune.l1_unstructured(layer, "weight", 0.5),
    ],
)
def test_parametrised_weights_are_those_of_the_module(path, parametrised):
    model = nn.Sequential(parametrised(nn.Linear(2, 16)), nn.Tanh(), parametrised(nn.Linear(16, 2)))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1)
    model = model.eval()
    given = read_network(written(path, model.state_dict()), "tanh")
    expected = model(POINTS.float()).detach().double()
    torch.testing.assert_close(given.network(POINTS), expected, rtol=0, atol=1e-5)


def test_an_orthogonal_parametrisation_is_refused_by_the_name_of_its_tensors(path):
    model = nn.Sequential(
        nn.utils.parametrizations.orthogonal(nn.Linear(2, 2)), nn.Tanh(), nn.Linear(2, 2)
    )
    assert "'0.parametrizations.weight" in refusal(written(path, model.state_dict()))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_all_floating_types_are_read_and_told(path, dtype):
    model = mlp(2, 16, 2).to(dtype)
    given = read_network(written(path, model.state_dict()), "tanh")
    assert given.dtype == str(dtype).removeprefix("torch.")
    assert_is(given, model)


@pytest.mark.parametrize("name", ["Tanh", "torch.nn.Tanh()", "tanh"])
def test_the_activation_may_stand_in_the_metadata(path, name):
    model = mlp(2, 16, 2)
    assert_is(read_network(written(path, model.state_dict(), {"activation": name})), model)


def test_activations_with_parameters_are_folded_into_the_layers(path):
    for activation in (nn.ReLU6, nn.SELU, lambda: nn.Softplus(beta=3.0), nn.LogSigmoid):
        model = mlp(2, 16, 8, 2, activation=activation)
        given = read_network(written(path, model.state_dict()), str(activation()))
        expected = model.double()(POINTS).detach()
        torch.testing.assert_close(given.network(POINTS), expected, rtol=1e-8, atol=1e-8)


def test_every_layer_may_have_an_activation_of_its_own(path):
    model = nn.Sequential(
        nn.Linear(2, 8), nn.LeakyReLU(0.1), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 2)
    )
    given = read_network(written(path, model.state_dict()), "LeakyReLU(0.1), SiLU")
    assert given.activations == ("leaky_relu(0.1)", "silu")
    assert_is(given, model)


def test_the_projects_own_file_of_one_network_is_read(path):
    network = initialise(2, [5, 4], seeds=[3], activation=activation_named("silu"))
    save_network(path, network, [3], {})
    given = read_network(path)
    assert given.network.batch_shape == ()
    assert torch.equal(given.network(POINTS), network[0](POINTS))


def test_of_several_networks_in_a_file_one_is_chosen(path):
    network = initialise(2, [5, 4], seeds=[3, 8], activation=activation_named("silu"))
    save_network(path, network, [3, 8], {})
    assert torch.equal(read_network(path, seed=8).network(POINTS), network[1](POINTS))
    assert "2 networks in the file, with the seeds [3, 8]; choose one" in refusal(path, None)
    with pytest.raises(InputError, match="choose one"):
        read_header(path)


def test_the_header_alone_tells_what_the_file_tells(path):
    model = mlp(2, 16, 2)
    header = read_header(written(path, model.state_dict()), "Tanh")
    assert header.understood == read_network(path, "Tanh").understood
    assert header.widths == (2, 16, 2)


def test_maps_of_any_depth_are_read(path):
    model = nn.Sequential(nn.Linear(3, 3), nn.Softsign(), nn.Linear(3, 3))
    written(path, model.state_dict())
    x = np.random.default_rng(0).normal(size=(5, 3))
    expected = model.double()(torch.from_numpy(x)).detach()
    np.testing.assert_allclose(read_map(path, "Softsign").network(x), expected, rtol=1e-12)
    activated = read_map(path, "softsign", output_activation=True).network(x)
    np.testing.assert_allclose(activated, nn.functional.softsign(expected), rtol=1e-12)
    written(path, {"weight": model[0].weight.detach(), "bias": model[0].bias.detach()})
    single = read_map(path, "tanh", True).network(x)
    np.testing.assert_allclose(single, torch.tanh(model[0](torch.from_numpy(x))).detach())


@pytest.mark.parametrize("cell", [nn.RNNCell(2, 4), nn.RNN(2, 4)])
def test_a_recurrent_cell_is_a_map_without_inputs(path, cell):
    given = read_map(written(path, cell.state_dict()), "tanh")
    assert given.understood == "d = 4, layers 4-4, tanh, float32, a recurrent cell without inputs"
    state = torch.randn(1, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    shape = (1, 2) if isinstance(cell, nn.RNNCell) else (1, 1, 2)
    start = state if isinstance(cell, nn.RNNCell) else state.unsqueeze(0)
    found = cell.double()(torch.zeros(shape, dtype=torch.float64), start)
    expected = found if isinstance(cell, nn.RNNCell) else found[0][0]
    np.testing.assert_allclose(given.network(state.numpy()), expected.detach(), rtol=1e-12)


# What is refused, by the name of what is wrong.


def state(**changed):
    return {**mlp(2, 16, 8, 2).state_dict(), **changed}


def test_an_activation_that_nothing_names_is_asked_for(path):
    assert "ACTIVATION=tanh or activation='tanh'" in refusal(written(path, state()), None)


def test_an_activation_that_contradicts_the_file_is_refused(path):
    written(path, state(), {"activation": "Tanh"})
    assert "the file names the activation 'Tanh', and 'relu' was given" in refusal(path, "relu")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"0.weight": (2, 16)}, "'0.weight' has the shape (2, 16); it needs (16, 2)"),
        ({"4.weight": (8, 2)}, "'4.weight' has the shape (8, 2); it needs (2, 8)"),
        ({"2.bias": (16,)}, "'2.bias' has the shape (16,); to fit the others it needs (8,)"),
        ({"2.weight": (8, 12)}, "'2.weight' has the shape (8, 12); to fit the others it needs"),
        ({"2.weight": (1, 8, 16)}, "'2.weight' has 3 axes, shape (1, 8, 16)"),
        ({"2.bias": (1, 8)}, "'2.bias' has the shape (1, 8); the bias"),
        ({"mean": (2,)}, "'mean' is no weight or bias"),
        ({"1.running_mean": (16,)}, "'1.running_mean' belongs to a batch normalisation"),
        ({"1.weight": (16,), "1.bias": (16,)}, "'1.weight' has one axis, shape (16,)"),
        ({"0.weight": (16, 3)}, "maps R^3 ('0.weight') to R^2 ('4.weight')"),
    ],
)
def test_a_tensor_that_is_wrong_is_named(path, change, told):
    tensors = {name: torch.ones(shape) for name, shape in change.items()}
    message = refusal(written(path, state(**tensors)))
    assert told in message
    assert "mistakes" not in message


def test_what_a_profiler_has_left_in_the_layers_is_left_out(path):
    model = mlp(2, 16, 2)
    counters = {
        f"{layer}total_{what}": torch.zeros(1) for layer in ("", "0.") for what in ("ops", "params")
    }
    assert_is(read_network(written(path, model.state_dict() | counters), "tanh"), model)
    more = {"0.total_ops": torch.zeros(2)}
    assert "'0.total_ops' is no weight or bias" in refusal(written(path, model.state_dict() | more))


def test_an_additional_input_may_be_the_time(path):
    message = refusal(written(path, state(**{"0.weight": torch.ones(16, 3)})))
    assert message.endswith("is the first or last input the time?")


@pytest.mark.parametrize(
    ("name", "meant"), [("2.weights", "2.weight"), ("2.wieght", "2.weight"), ("2.b", "2.bias")]
)
def test_a_misspelt_tensor_is_named_and_not_the_one_that_is_missing(path, name, meant):
    tensors = state()
    tensors[name] = tensors.pop(meant)
    message = refusal(written(path, tensors))
    assert (
        f"tensor '{name}' is no weight or bias of a linear layer; did you mean '{meant}'" in message
    )
    assert "mistakes" not in message


def test_all_weights_transposed_are_named(path):
    tensors = {n: t.mT if t.ndim == 2 else t for n, t in state().items()}
    message = refusal(written(path, tensors))
    for name in ("0.weight", "2.weight", "4.weight"):
        assert f"tensor '{name}'" in message


def test_two_layers_that_changed_places_are_named(path):
    tensors = state()
    for kind in ("weight", "bias"):
        tensors[f"2.{kind}"], tensors[f"4.{kind}"] = tensors[f"4.{kind}"], tensors[f"2.{kind}"]
    message = refusal(written(path, tensors))
    assert "layers '2' and '4' ('2.weight', '4.weight') are swapped" in message


@pytest.mark.parametrize("bias", [True, False])
def test_a_network_turned_round_is_suspicious_without_pairs(path, bias):
    state = mlp(64, 2, 64, bias=bias).state_dict()
    message = refusal(written(path, state))
    assert "'0.weight' and '2.weight' look swapped or transposed" in message
    model, x = mlp(64, 2, 64, bias=bias).double(), torch.randn(5, 64, dtype=torch.float64)
    pairs = {"pairs.states": x, "pairs.values": model(x).detach()}
    assert read_network(written(path, {**model.state_dict(), **pairs}), "tanh").verified is True


def test_two_weights_that_changed_places_are_named(path):
    tensors = state()
    tensors["0.weight"], tensors["2.weight"] = tensors["2.weight"], tensors["0.weight"]
    message = refusal(written(path, tensors))
    assert "'0.weight' of shape (8, 16) and '2.weight' of shape (16, 2) are swapped" in message


def test_all_mistakes_are_told_at_once_and_at_the_dry_run(path):
    tensors = state(
        **{"2.bias": torch.ones(5), "mean": torch.ones(2), "4.bias": torch.ones(2).int()}
    )
    with pytest.raises(InputError) as error:
        read_header(written(path, tensors), "tahn")
    for told in ("4 mistakes", "'2.bias'", "'mean'", "'4.bias' holds I32", "did you mean 'tanh'"):
        assert told in str(error.value)


def test_what_is_wrong_with_a_lost_layer_is_told_alone(path):
    tensors = {**state(), "2.weight": torch.ones(8, 16, 3, 3)}
    message = refusal(written(path, tensors))
    assert "'2.weight' has the shape (8, 16, 3, 3)" in message
    assert "mistakes" not in message


def test_wrong_axes_of_several_tensors_are_told_together(path):
    message = refusal(
        written(path, state(**{"0.bias": torch.ones(1, 16), "4.weight": torch.ones(1, 2, 8)}))
    )
    assert "2 mistakes" in message
    assert "'0.bias' has the shape (1, 16)" in message
    assert "'4.weight' has 3 axes" in message


def test_two_networks_in_one_file_are_not_mixed(path):
    one = mlp(2, 8, 2).state_dict()
    both = {f"{prefix}.{name}": t.clone() for prefix in ("model", "ema") for name, t in one.items()}
    assert "do not tell their order" in refusal(written(path, both))


def test_a_recurrent_network_with_a_readout_is_no_map(path):
    readout = nn.Linear(4, 4).state_dict()
    both = {**nn.RNN(1, 4).state_dict(), **{f"fc.{name}": t for name, t in readout.items()}}
    for kind in ("map", "flow"):
        with pytest.raises(InputError, match="'weight_hh_l0' is a recurrent cell's"):
            read_header(written(path, both), "tanh", kind=kind)


def test_the_header_is_read_without_torch(path):
    written(path, state())
    code = "import sys; from neural_spectra.networks.weights_header import read_header; "
    code += f"read_header({str(path)!r}, 'tanh'); print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=SOURCE, capture_output=True, text=True, check=True
    )
    assert not set(run.stdout.split()) & {"torch", "scipy", "pandas"}


def test_all_tensors_with_values_that_are_not_finite_are_named(path):
    tensors = state(
        **{"0.bias": torch.full((16,), torch.nan), "4.bias": torch.full((2,), torch.inf)}
    )
    message = refusal(written(path, tensors))
    assert "2 mistakes" in message
    assert "'0.bias'" in message
    assert "'4.bias'" in message


def test_gated_cells_are_refused_by_their_kind(path):
    for cell, kind in ((nn.GRUCell(1, 4), "a GRU"), (nn.LSTMCell(1, 4), "an LSTM")):
        with pytest.raises(InputError, match=kind):
            read_map(written(path, cell.state_dict()), "tanh")


def test_a_network_of_one_layer_is_no_flow_to_analyse(path):
    message = refusal(written(path, nn.Linear(2, 2).state_dict()))
    assert "one layer only: f is affine" in message


class Payload:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return type(self.marker).touch, (self.marker,)


def zip_of(payload, path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.pkl", pickle.dumps(payload))


@pytest.mark.parametrize("name", ["mine.pt", "mine.safetensors", "mine.ckpt"])
@pytest.mark.parametrize(
    "save", [torch.save, zip_of, lambda payload, path: path.write_bytes(pickle.dumps(payload))]
)
def test_a_pickle_is_answered_with_the_lines_that_export_it_and_not_executed(tmp_path, name, save):
    marker = tmp_path / "executed"
    save(Payload(marker), tmp_path / name)
    message = refusal(tmp_path / name)
    assert 'neural_spectra.export(model, "mine.safetensors", example=x)' in message
    assert not marker.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "git lfs pull",
        ),
        ("\n<!DOCTYPE html>\n<html>", "a web page"),
        ("", "not a complete safetensors file"),
        ("{}", "not a complete safetensors file"),
    ],
)
def test_what_lies_in_the_place_of_weights_is_told(path, content, told):
    path.write_text(content, encoding="utf-8")
    assert told in refusal(path)


def test_an_archive_of_something_else_is_told(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mine.safetensors", b"")
    assert "a zip archive; unpack it" in refusal(path)


def test_a_pointer_in_the_place_of_a_pickle_is_a_pointer(tmp_path):
    path = tmp_path / "mine.pt"
    path.write_text("version https://git-lfs.github.com/spec/v1\n", encoding="utf-8")
    assert "git lfs pull" in refusal(path)


def test_a_missing_file_and_an_empty_one_are_told(path):
    assert "there is no such file" in refusal(path)
    assert "there are no tensors" in refusal(written(path, {}))


# Pairs that a file is verified against.


def test_a_file_with_its_pairs_is_verified(path):
    model = mlp(2, 16, 8, 2).double()
    pairs = {"pairs.states": POINTS, "pairs.values": model(POINTS).detach()}
    given = read_network(written(path, {**model.state_dict(), **pairs}), "tanh")
    assert given.verified is True
    assert torch.equal(given.states, POINTS)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_rounding_to_a_shorter_type_leaves_a_file_verified(path, dtype):
    model = mlp(2, 16, 8, 2).double()
    pairs = {"pairs.states": POINTS, "pairs.values": model(POINTS).detach()}
    tensors = {name: tensor.to(dtype) for name, tensor in model.state_dict().items()}
    assert read_network(written(path, {**tensors, **pairs}), "tanh").verified is True


def test_swapped_square_layers_are_found_by_the_pairs(path):
    model = mlp(2, 8, 8, 8, 2).double()
    pairs = {"pairs.states": POINTS, "pairs.values": model(POINTS).detach()}
    tensors = {**model.state_dict(), **pairs}
    tensors["2.weight"], tensors["4.weight"] = tensors["4.weight"], tensors["2.weight"]
    assert "not the field of the pairs" in refusal(written(path, tensors))


def test_a_forgotten_cube_is_found_by_the_pairs(path):
    model = mlp(2, 50, 2).double()
    pairs = {"pairs.states": POINTS, "pairs.values": model(POINTS**3).detach()}
    message = refusal(written(path, {**model.state_dict(), **pairs}))
    assert "an operation left out" in message


# Matrices.


@pytest.mark.parametrize("suffix", ["csv", "npy", "safetensors"])
def test_a_matrix_is_read_from_all_three_kinds_of_files(tmp_path, suffix):
    matrix, path = np.random.default_rng(0).normal(size=(3, 3)), tmp_path / f"A.{suffix}"
    if suffix == "csv":
        np.savetxt(path, matrix, delimiter=",", fmt="%.17g")
    elif suffix == "npy":
        np.save(path, matrix)
    else:
        save_file({"A": torch.from_numpy(matrix)}, path)
    np.testing.assert_array_equal(read_matrix(path), matrix)


@pytest.mark.parametrize(
    "text", ["a,b\n0,1\n-1,0\n", "0 1\n-1 0", "0;1\n-1;0\n\n", "\ufeff0,1\n-1,0"]
)
def test_csv_is_read_as_people_write_it(tmp_path, text):
    (tmp_path / "A.csv").write_text(text, encoding="utf-8")
    np.testing.assert_array_equal(read_matrix(tmp_path / "A.csv"), [[0, 1], [-1, 0]])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0,1\n-1\n", "row 2 has 1 numbers"),
        ("0,1,2\n-1,0,2\n", r"shape \(2, 3\) is no square"),
        ("0,nan\n-1,0\n", "row 1, column 2 is not finite"),
        ("0,x\n-1,0\n", "could not convert string to float: 'x'"),
        ("", "no square matrix"),
    ],
)
def test_a_csv_that_is_no_matrix_is_refused(tmp_path, text, told):
    (tmp_path / "A.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_matrix(tmp_path / "A.csv")


def test_a_pickled_array_is_refused_and_not_executed(tmp_path):
    marker = tmp_path / "executed"
    np.save(tmp_path / "A.npy", np.array([[Payload(marker)]], dtype=object), allow_pickle=True)
    with pytest.raises(InputError, match="never opened"):
        read_matrix(tmp_path / "A.npy")
    assert not marker.exists()


def test_a_matrix_in_another_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"read from .csv, .npy or .safetensors"):
        read_matrix(tmp_path / "A.mat")
    save_file({"A": torch.ones(2, 2), "b": torch.ones(2)}, tmp_path / "A.safetensors")
    with pytest.raises(InputError, match="holds the tensors A, b"):
        read_matrix(tmp_path / "A.safetensors")


def test_seeds_in_the_metadata_that_are_no_list_are_refused(path):
    stack = {name: torch.stack([tensor] * 2) for name, tensor in state().items()}
    assert "no JSON list of 2" in refusal(written(path, stack, {"seeds": json.dumps({"a": 1})}))
