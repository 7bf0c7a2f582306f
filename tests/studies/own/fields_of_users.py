"""Fields as users have them: networks fitted to known fields, and functions without layers."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.integrate import solve_ivp

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.flows.differentiable_fields import DifferentiableField
from neural_spectra.flows.reference_systems import ReferenceSystem
from neural_spectra.networks.multilayer_perceptron import Network

FAST = {
    "starts": 8,
    "evaluations": 8000,
    "cells": 2**14,
    "scales": [0.5, 1.0],
    "turns": 120.0,
}


@dataclass(frozen=True)
class WithJacobian(ReferenceSystem):
    """A function whose Jacobian is found by complex steps, at a tenth of the cost of autograd's."""

    function: Callable
    dimension: int

    def value_and_jacobian(self, x):
        step = 1e-100j * torch.eye(self.dimension, dtype=torch.complex128)
        values = self.function(x.unsqueeze(-2) + step)
        return self.function(x), (values.imag / 1e-100).mT

    def __call__(self, x):
        return self.function(x)


def fitted(field, low, high, units=48, activation="tanh", gain=1.5):
    """Return a network of random features whose read-out is fitted to a field over a box."""
    generator = torch.Generator().manual_seed(0)

    def uniform(*shape):
        return 2 * torch.rand(*shape, generator=generator, dtype=torch.float64) - 1

    low, high = torch.tensor(low).double(), torch.tensor(high).double()
    centre, half = (low + high) / 2, (high - low) / 2
    x = centre + half * uniform(2000, len(low))
    weight = gain * uniform(units, len(low)) / half
    bias = uniform(units) - weight @ centre
    sigma = activation_named(activation)
    features = torch.nn.functional.pad(sigma.function(x @ weight.mT + bias), (0, 1), value=1.0)
    values = field(x)
    size = values.abs().amax(0)
    readout = torch.linalg.lstsq(features, values / size, driver="gelsd").solution * size
    return Network((weight, readout[:-1].mT), (bias, readout[-1]), sigma)


def van_der_pol(x):
    return torch.stack([x[..., 1], (1 - x[..., 0] ** 2) * x[..., 1] - x[..., 0]], -1)


def morris_lecar(x):
    """A neuron in millivolts and a fraction of open channels, which spikes."""
    v, w = x[..., 0], x[..., 1]
    calcium = (1 + torch.tanh((v + 1.2) / 18)) / 2
    potassium = (1 + torch.tanh((v - 2) / 30)) / 2
    current = 100 - 2 * (v + 60) - 4.4 * calcium * (v - 120) - 8 * w * (v + 84)
    return torch.stack([current / 20, 0.04 * (potassium - w) * torch.cosh((v - 2) / 60)], -1)


def roessler(x):
    u, v, w = x.unbind(-1)
    return torch.stack([-v - w, u + 0.2 * v, 0.2 + w * (u - 5.7)], -1)


def two_oscillators(x):
    """Two Stuart–Landau oscillators that do not see each other, with the frequencies 1 and √2."""
    parts = []
    for z, frequency in ((x[..., :2], 1.0), (x[..., 2:], math.sqrt(2))):
        turned = torch.stack([-z[..., 1], z[..., 0]], -1)
        parts.append(z * (1 - z.square().sum(-1, keepdim=True)) + frequency * turned)
    return torch.cat(parts, -1)


def bistable(x):
    """Let r' = r (−1/2 + 2r² − r⁴) at one angular velocity: rest inside a repelling circle."""
    square = x.square().sum(-1, keepdim=True)
    turned = torch.stack([-x[..., 1], x[..., 0]], -1)
    return x * (-0.5 + 2 * square - square**2) + turned


def linear(*rows):
    matrix = torch.tensor(rows, dtype=torch.float64)
    return lambda x: x @ matrix.mT.to(x.dtype)


def without_layers(function, dimension):
    return DifferentiableField(function, dimension)


def period_by_scipy(field, start, settling):
    """Return period, ln det M and amplitudes of the cycle that a trajectory runs onto."""

    def derivative(_, y):
        state = torch.from_numpy(y[:-1].copy()).unsqueeze(0)
        trace = field.jacobian(state)[0].trace().item()
        return np.append(field(state)[0].numpy(), trace)

    tight = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-12}
    start = solve_ivp(derivative, (0, settling), [*start, 0.0], **tight).y[:, -1]
    start[-1] = 0.0
    velocity = derivative(0, start)[:-1]

    def crossing(_, y):
        return float((y[:-1] - start[:-1]) @ velocity)

    crossing.direction = 1
    turn = solve_ivp(derivative, (0, settling), start, events=crossing, dense_output=True, **tight)
    later = turn.t_events[0] > 1e-3 * settling / 10
    period = turn.t_events[0][later][0]
    states = turn.sol(np.linspace(0, period, 4001))
    amplitude = np.ptp(states[:-1], axis=1) / 2
    return period, states[-1, -1], amplitude


def understood(field):
    layers = activations = []
    if isinstance(field, Network):
        layers = [field.dimension, *(weight.shape[0] for weight in field.weights)]
        activations = [field.activation.name] * field.hidden_layers
    return {
        "dimension": field.dimension,
        "layers": layers,
        "activation": activations,
        "dtype": "float32",
    }
