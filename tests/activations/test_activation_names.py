"""Activations as users write them, against the functions of PyTorch."""

import pytest
import torch
from torch import nn

from neural_spectra.activations.activation_names import (
    WITH_RANGES,
    WITHOUT_RANGES,
    spelled,
    spelled_list,
)
from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.activations.torch_activations import ACTIVATIONS, activation_named
from neural_spectra.errors import InputError

Z = torch.linspace(-8, 8, 3201, dtype=torch.float64)


def value(text):
    name, inner, shift, outer, offset = spelled(text)
    return outer * activation_named(name).function(inner * Z + shift) + offset


@pytest.mark.parametrize(
    "module",
    [
        nn.Tanh(), nn.Sigmoid(), nn.Softplus(), nn.Softplus(beta=2), nn.SiLU(), nn.GELU(), nn.ELU(),
        nn.ELU(0.5), nn.ReLU(), nn.ReLU(inplace=True), nn.LeakyReLU(), nn.LeakyReLU(0.1),
        nn.LeakyReLU(0.0), nn.Hardtanh(),
        nn.Hardtanh(-2, 1), nn.Identity(), nn.CELU(2.0), nn.SELU(),
        nn.ReLU6(), nn.Hardsigmoid(), nn.LogSigmoid(), nn.RReLU().eval(),
    ],
    ids=str,
)  # fmt: skip
def test_what_pytorch_prints_of_a_module_is_that_function(module):
    torch.testing.assert_close(value(str(module)), module(Z.clone()), rtol=1e-12, atol=3e-9)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tanh", "tanh"),
        ("Tanh", "tanh"),
        ("torch.nn.Tanh()", "tanh"),
        ("nn.SiLU", "silu"),
        ("F.silu", "silu"),
        ("swish", "silu"),
        ("LeakyReLU(0.1)", "leaky_relu(0.1)"),
        ("leaky_relu(0.1)", "leaky_relu(0.1)"),
        ("torch.nn.LeakyReLU(negative_slope=0.2, inplace=True)", "leaky_relu(0.2)"),
        (str(nn.Tanh), "tanh"),
        # Without their addresses, which differ between the processes that test.
        pytest.param(str(torch.tanh), "tanh", id="str(torch.tanh)"),
        pytest.param(str(torch.nn.functional.silu), "silu", id="str(F.silu)"),
        (" softsign ", "softsign"),
    ],
)
def test_a_name_is_understood_however_it_is_written(text, name):
    assert spelled(text).name == name


@pytest.mark.parametrize(
    "text", ["Tanh, LeakyReLU(0.1)", '["tanh", "leaky_relu(0.1)"]', ["Tanh", "LeakyReLU(0.1)"]]
)
def test_several_activations_are_one_for_each_layer(text):
    assert [each.name for each in spelled_list(text)] == ["tanh", "leaky_relu(0.1)"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tahn", "unknown activation 'tahn'; did you mean 'tanh'"),
        ("__import__('os').remove('x')", "unknown activation"),
        ("GELU(approximate='tanh')", "approximate='tanh'"),
        ("Softplus(beta=0)", "division by zero"),
        ("Tanh(3)", "takes 0 positional arguments"),
        ("", "unknown activation"),
        ("3", "unknown activation"),
        ("tanh, relu", "several activations where one is needed"),
    ],
)
def test_what_is_no_activation_is_refused(text, message):
    with pytest.raises(InputError, match=message.replace("(", "\\(").replace(")", "\\)")):
        spelled(text)


def test_the_names_are_those_of_the_tables():
    assert set(WITH_RANGES) == set(ACTIVATIONS)
    for name in (*WITHOUT_RANGES, *WITH_RANGES, "leaky_relu(0.1)", "elu(0.5)"):
        assert scalar_activation(name).name == name
