"""Modules of operations drawn at random: exported to the last digit, or refused, never wrong."""

import random

import pytest
import torch
from torch import nn
from torch.nn import functional

from neural_spectra.errors import InputError
from neural_spectra.networks.evaluated_modules import EvaluatedModule
from neural_spectra.networks.exporting import export
from neural_spectra.networks.reading import read_network

pytestmark = pytest.mark.many_steps


def first_half(h):
    return h[..., : max(1, h.shape[-1] // 2)]


def first_from_last(h):
    out = torch.zeros_like(h)
    out[:, 0] = h[:, -1]
    return out + h


REPRESENTED = [
    torch.tanh,
    torch.relu,
    functional.silu,
    functional.gelu,
    functional.relu6,
    lambda h: functional.leaky_relu(h, 0.2),
    lambda h: h.clamp(-0.7, 1.3),
    lambda h: h.sigmoid_(),
    lambda h: (h - 1) * 2 / 3,
    lambda h: torch.cat([h, -h], -1),
    lambda h: h.flip(-1),
    lambda h: torch.einsum("bi,ij->bj", h, torch.ones(h.shape[-1], 3, dtype=h.dtype)),
    lambda h: (torch.eye(h.shape[-1], dtype=h.dtype) * 2 @ h.T).T,
    first_half,
    first_from_last,
    nn.ReLU(inplace=True),
    nn.PReLU(),
    nn.Softplus(beta=2.0),
    nn.SELU(),
    nn.LogSigmoid(),
    nn.Dropout(0.3),
    nn.Linear,
    nn.BatchNorm1d,
]
NOT_REPRESENTED = [
    torch.sin,
    torch.square,
    torch.abs,
    lambda h: h * h.tanh(),
    lambda h: h / (1 + h.norm(dim=-1, keepdim=True)),
    lambda h: torch.softmax(torch.cat([h, 2 * h], -1), -1),
    lambda h: h + torch.tanh(3 * h),
]


class Drawn(nn.Module):
    """Operations one after the other, and a last layer that comes back to the dimension."""

    def __init__(self, draw, kinds):
        super().__init__()
        self.dimension = draw.choice([1, 2, 3])
        self.steps = nn.ModuleList()
        self.operations = []
        h = torch.zeros(4, self.dimension)
        for kind in kinds:
            if kind is nn.Linear:
                kind = nn.Linear(h.shape[-1], draw.randint(1, 7), bias=draw.random() < 0.8)
            elif kind is nn.BatchNorm1d:
                kind = nn.BatchNorm1d(h.shape[-1])
                kind.running_mean.normal_()
                kind.running_var.uniform_(0.5, 2)
            if isinstance(kind, nn.Module):
                self.steps.append(kind.eval())
            self.operations.append(kind)
            h = kind(h.clone()).detach()
        last = nn.Linear(h.shape[-1], self.dimension)
        self.steps.append(last)
        self.operations.append(last)

    def forward(self, t, y):
        steps = iter(self.steps)
        for operation in self.operations:
            y = next(steps)(y) if isinstance(operation, nn.Module) else operation(y)
        return y


def drawn(seed, *required):
    draw = random.Random(seed)
    torch.manual_seed(seed)
    kinds = draw.choices(REPRESENTED, k=draw.randint(1, 6)) + list(required)
    draw.shuffle(kinds)
    return Drawn(draw, kinds)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_linear_and_elementwise_is_exported(seed, tmp_path):
    model, path = drawn(seed), tmp_path / "drawn.safetensors"
    export(model, path, torch.randn(20, model.dimension))
    given = read_network(path)
    fresh = 3 * torch.randn(100, model.dimension, dtype=torch.float64)
    expected = EvaluatedModule(model, fresh)(fresh)
    torch.testing.assert_close(given.network(fresh), expected, rtol=1e-8, atol=1e-7)


@pytest.mark.parametrize("kind", NOT_REPRESENTED)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_not_is_refused(kind, seed, tmp_path):
    model, path = drawn(seed, kind), tmp_path / "drawn.safetensors"
    with pytest.raises(InputError, match="a file holds linear and elementwise layers only"):
        export(model, path, torch.randn(20, model.dimension))
    assert not path.exists()
