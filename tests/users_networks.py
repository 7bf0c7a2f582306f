"""Eleven networks as users of PyTorch write them: modules, with what is known of what they do.

None is trained: hidden layers are random features and the last layer is fitted by least squares, so
that each follows its system closely, the same on every machine.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn


def fitted(
    net: nn.Sequential, states: torch.Tensor, values: torch.Tensor, ridge: float = 1e-8
) -> nn.Sequential:
    """Set the last layer of a network so that it takes the states to the values, nearly."""
    net = net.double()
    with torch.no_grad():
        features = torch.cat([net[:-1](states), torch.ones(len(states), 1, dtype=states.dtype)], 1)
        penalty = ridge * len(states) ** 0.5 * torch.eye(features.shape[1], dtype=states.dtype)
        system = torch.cat([features, penalty])
        right = torch.cat([values, values.new_zeros(len(penalty), values.shape[1])])
        solution = torch.linalg.lstsq(system, right, driver="gels").solution
        net[-1].weight.copy_(solution[:-1].mT)
        net[-1].bias.copy_(solution[-1])
    return net.float()


def random_features(net: nn.Sequential, states: torch.Tensor, gain: float = 1.5) -> nn.Sequential:
    """Draw the hidden layers so that their units bend within the states' range."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        h = states.float()
        for layer in net[:-1]:
            if isinstance(layer, nn.Linear):
                shape, spread = layer.weight.shape, h.std(0).clamp(min=1e-3)
                weight = torch.randn(shape, generator=generator) / spread / shape[1] ** 0.5
                centres = h[torch.randint(len(h), (shape[0],), generator=generator)]
                layer.weight.copy_(gain * weight)
                layer.bias.copy_(-gain * (weight * centres).sum(1))
            h = layer(h)
    return net


def mlp(*widths: int, activation: type[nn.Module] = nn.Tanh) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def box(count: int, *sides: tuple[float, float], seed: int = 1) -> torch.Tensor:
    """Return states all over a box."""
    generator = torch.Generator().manual_seed(seed)
    lower, upper = torch.tensor(sides, dtype=torch.float64).mT
    uniform = torch.rand(count, len(sides), generator=generator, dtype=torch.float64)
    return lower + (upper - lower) * uniform


def fit(widths: tuple[int, ...], states: torch.Tensor, values: torch.Tensor) -> nn.Sequential:
    return fitted(random_features(mlp(*widths), states), states, values)


PLANE = box(4000, (-3.5, 3.5), (-4.5, 4.5))


def van_der_pol(y: torch.Tensor) -> torch.Tensor:
    """ẍ = (1 − x²) ẋ − x: one attracting cycle, period 6.6633."""
    return torch.stack((y[:, 1], (1 - y[:, 0] ** 2) * y[:, 1] - y[:, 0]), 1)


def roessler(y: torch.Tensor) -> torch.Tensor:
    """ẋ = −y − z, ẏ = x + y/5, ż = 1/5 + z (x − 5.7): chaos, largest exponent 0.07."""
    x, u, z = y.unbind(1)
    return torch.stack((-u - z, x + 0.2 * u, 0.2 + z * (x - 5.7)), 1)


class ODEFunc(nn.Module):
    """As in torchdiffeq's examples, without the power of y."""

    def __init__(self, net: nn.Sequential) -> None:
        super().__init__()
        self.net = net

    def forward(self, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.net(y)


def van_der_pol_neural_ode() -> nn.Module:
    """A neural ODE of 2-64-64-2 tanh units: van der Pol's cycle."""
    near = box(4000, (-2.6, 2.6), (-3.4, 3.4))
    net = random_features(mlp(2, 64, 64, 2), near, gain=0.5)
    return ODEFunc(fitted(net, near, van_der_pol(near), ridge=1e-4))


def roessler_neural_ode() -> nn.Module:
    """A neural ODE of 3-200-3 tanh units: Rössler's attractor, a screw of positive exponent."""
    states = torch.cat([box(6000, (-12, 14), (-13, 10), (-0.5, 25)),
                        box(6000, (-12, 14), (-13, 10), (-0.2, 1.0), seed=2)])  # fmt: skip
    return ODEFunc(fit((3, 200, 3), states, roessler(states)))


class DemoFunc(ODEFunc):
    """torchdiffeq's ode_demo: the network sees y³."""

    def forward(self, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.net(y**3)


def torchdiffeq_demo() -> nn.Module:
    """ẏ = A y³ with A = [[−0.1, 2], [−2, −0.1]] transposed: a slow spiral into the origin."""
    matrix = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]], dtype=torch.float64)
    cubes = box(4000, (-9.0, 9.0), (-9.0, 9.0))
    return DemoFunc(fit((2, 50, 2), cubes, cubes @ matrix))


class Normalised(nn.Module):
    """Inputs with mean 0 and spread 1 for the network, and its outputs scaled back."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, net: nn.Sequential, mean: torch.Tensor, std: torch.Tensor) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.net((y - self.mean) / self.std) * self.std


def normalised_inputs() -> nn.Module:
    """Van der Pol's cycle in millivolts, around −40: the network sees (y − mean)/std."""
    mean, std = torch.tensor([-40.0, 0.0]), torch.tensor([20.0, 30.0])
    scaled = PLANE * 10 / std
    return Normalised(fit((2, 128, 2), scaled, van_der_pol(PLANE) * 10 / std), mean, std)


class Residual(ODEFunc):
    """A field that adds the state to the network."""

    def forward(self, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return y + self.net(y)


def residual() -> nn.Module:
    """Van der Pol's cycle as y + net(y)."""
    return Residual(fit((2, 128, 2), PLANE, van_der_pol(PLANE) - PLANE))


class TimeDependent(ODEFunc):
    """A field driven by the time."""

    def forward(self, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.net(y) + 0.5 * torch.sin(t)


def time_dependent() -> nn.Module:
    """Van der Pol's oscillator with a force: no autonomous field."""
    return TimeDependent(fit((2, 64, 2), PLANE, van_der_pol(PLANE)))


class Recurrence(nn.Module):
    """An RNN cell without inputs, from hidden state to hidden state."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.cell = nn.RNNCell(1, size)

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return self.cell(torch.zeros(len(h), 1, dtype=h.dtype), h)


def rnn_cell() -> nn.Module:
    """h ↦ tanh(W h) in the plane, W a turn by 0.5 times 1.4: an attracting closed curve."""
    model = Recurrence(2)
    turn = torch.tensor([[0.8776, -0.4794], [0.4794, 0.8776]])
    with torch.no_grad():
        model.cell.weight_hh.copy_(1.4 * turn)
        model.cell.bias_hh.zero_()
        model.cell.bias_ih.zero_()
    return model


def henon(y: torch.Tensor) -> torch.Tensor:
    """x ↦ 1 − 1.4 x² + y, y ↦ 0.3 x: chaos, largest exponent 0.42."""
    return torch.stack((1 - 1.4 * y[:, 0] ** 2 + y[:, 1], 0.3 * y[:, 0]), 1)


def discrete_map() -> nn.Module:
    """Hénon's map as a network of 2-80-2 tanh units, applied again and again."""
    states = box(4000, (-1.6, 1.6), (-0.6, 0.6))
    return fit((2, 80, 2), states, henon(states))


class SkewRNN(nn.Module):
    """ḣ = tanh((W − Wᵀ) h), which conserves Σ ln cosh of its pre-activations."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(size, size))

    def forward(self, t: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        return torch.tanh(h @ (self.weight - self.weight.T).T)


def skew_rnn() -> nn.Module:
    """Three units, A skew-symmetric: closed orbits around the kernel of A."""
    model = SkewRNN(3)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[0.0, 1.0, -0.5], [0.0, 0.0, 0.8], [0.0, 0.0, 0.0]]))
    return model


class Siren(nn.Module):
    """A field of sines."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(2, 128), nn.Linear(128, 2)

    def forward(self, y: torch.Tensor) -> torch.Tensor:
        return self.last(torch.sin(self.first(y)))


class _Sine(nn.Module):
    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return torch.sin(z)


def sines() -> nn.Module:
    """Van der Pol's cycle by 128 sines."""
    net = nn.Sequential(nn.Linear(2, 128), _Sine(), nn.Linear(128, 2))
    net = fitted(random_features(net, PLANE), PLANE, van_der_pol(PLANE))
    model = Siren()
    model.first, model.last = net[0], net[2]
    return model


class Gated(nn.Module):
    """A network times a gate of its own."""

    def __init__(self, net: nn.Sequential) -> None:
        super().__init__()
        self.net, self.gate = net, nn.Linear(2, 2)
        with torch.no_grad():
            self.gate.weight.zero_()
            self.gate.bias.zero_()

    def forward(self, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.net(y) * torch.sigmoid(self.gate(y))


def gated() -> nn.Module:
    """Van der Pol's cycle, run through at half the speed by a gate that stands half open."""
    return Gated(fit((2, 128, 2), PLANE, van_der_pol(PLANE)))


# States that each of them can be run on, as its data would be.
EXAMPLES = {
    van_der_pol_neural_ode: box(64, (-2, 2), (-3, 3)),
    roessler_neural_ode: box(64, (-8, 8), (-8, 8), (0, 10)),
    torchdiffeq_demo: box(64, (-2, 2), (-2, 2)),
    normalised_inputs: box(64, (-60, -20), (-30, 30)),
    residual: box(64, (-2, 2), (-3, 3)),
    time_dependent: box(64, (-2, 2), (-3, 3)),
    rnn_cell: box(64, (-1, 1), (-1, 1)),
    discrete_map: box(64, (-1.2, 1.2), (-0.4, 0.4)),
    skew_rnn: box(64, (-1, 1), (-1, 1), (-1, 1)),
    sines: box(64, (-2, 2), (-3, 3)),
    gated: box(64, (-2, 2), (-3, 3)),
}
REPRESENTED = (
    van_der_pol_neural_ode,
    roessler_neural_ode,
    normalised_inputs,
    rnn_cell,
    discrete_map,
    skew_rnn,
)
