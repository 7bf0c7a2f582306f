"""Every enclosure against ball arithmetic (Arb, by python-flint) with 300 digits' worth of bits."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from flint import arb, ctx

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds.interval_jacobians import Parallelotopes, enclose, mean_value
from neural_spectra.bounds.jacobian_bounds import certified_bounds
from neural_spectra.bounds.regions import Box
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network

FUNCTIONS = {
    "tanh": lambda z: z.tanh(),
    "sigmoid": lambda z: 1 / (1 + (-z).exp()),
    "softplus": lambda z: z.exp().log1p(),
    "silu": lambda z: z / (1 + (-z).exp()),
    "gelu": lambda z: z * (-z / arb(2).sqrt()).erfc() / 2,
    "elu": lambda z: z if z >= 0 else z.expm1(),
    "relu": lambda z: z if z >= 0 else arb(0),
    "identity": lambda z: z,
}
SLOPES = {
    "tanh": lambda z: 1 / z.cosh() ** 2,
    "sigmoid": lambda z: 1 / (2 + z.exp() + (-z).exp()),
    "softplus": FUNCTIONS["sigmoid"],
    "silu": lambda z: (1 + z / (1 + z.exp())) / (1 + (-z).exp()),
    "gelu": lambda z: (
        (-z / arb(2).sqrt()).erfc() / 2 + z * (-z * z / 2).exp() / (2 * arb.pi()).sqrt()
    ),
    "elu": lambda z: arb(1) if z >= 0 else z.exp(),
    "relu": lambda z: arb(1) if z > 0 else arb(0),
    "identity": lambda z: arb(1),
}


@pytest.fixture(autouse=True)
def many_bits():
    before, ctx.prec = ctx.prec, 3000  # cancellation from 1e300 down to 1e−300 stays resolved
    yield
    ctx.prec = before


def exact(network, x):
    """Return f and Df at a point, in ball arithmetic."""
    jacobian = [[arb(i == j) for j in range(len(x))] for i in range(len(x))]
    count = len(network.weights)
    for k, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        rows, shift = weight.tolist(), bias.tolist()
        # x and the columns of the derivative are multiplied by W, then by σ and σ'.
        x = [
            sum((arb(w) * z for w, z in zip(row, x, strict=True)), arb(b))
            for row, b in zip(rows, shift, strict=True)
        ]
        jacobian = [
            [
                sum((arb(w) * line[j] for w, line in zip(row, jacobian, strict=True)), arb(0))
                for j in range(len(jacobian[0]))
            ]
            for row in rows
        ]
        if k < count - 1:
            name = network.activations[k].name
            slopes = [SLOPES[name](z) for z in x]
            jacobian = [
                [slope * entry for entry in line]
                for slope, line in zip(slopes, jacobian, strict=True)
            ]
            x = [FUNCTIONS[name](z) for z in x]
    return x, jacobian


def holds(forms, cell, xi, number, *entry):
    """Tell whether |number − c − Σ G ξ| ≤ r for certain."""
    centre, radius = (part[cell][entry].item() for part in (forms.centres, forms.radii))
    generators = forms.generators[min(cell, len(forms.generators) - 1)]
    slopes = generators[(slice(None), *entry)].tolist()
    if not all(map(math.isfinite, (centre, radius, *slopes))):
        return True  # nothing is claimed
    linear = sum((arb(g) * t for g, t in zip(slopes, xi, strict=True)), arb(centre))
    return bool(abs(number - linear) <= arb(radius))


def assert_encloses(network, centres, generators, coordinates):
    """Check f and Df at one point of each cell."""
    cells = Parallelotopes(centres, centres, generators, torch.zeros_like(centres))
    enclosure = enclose(network, cells)
    better = mean_value(network, cells, enclosure)
    for cell in range(len(centres)):
        xi = [arb(t) for t in coordinates[cell].tolist()]
        edges = generators[cell].tolist()
        x = [
            arb(c) + sum((arb(edge[i]) * t for edge, t in zip(edges, xi, strict=True)), arb(0))
            for i, c in enumerate(centres[cell].tolist())
        ]
        f, jacobian = exact(network, x)
        for i, value in enumerate(f):
            assert holds(enclosure.value, cell, xi, value, 0, i)
            assert holds(better, cell, xi, value, 0, i)
            for j, entry in enumerate(jacobian[i]):
                assert holds(enclosure.jacobian, cell, xi, entry, i, j)


def draw(generator, *shape):
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def random_network(generator, activation, dimension, widths, scale=1.0):
    sizes = [dimension, *widths, dimension]
    weights = [draw(generator, n, m) for m, n in pairwise(sizes)]
    biases = [draw(generator, n) for n in sizes[1:]]
    weights[0], biases[0] = scale * weights[0], scale * biases[0]
    return Network(tuple(weights), tuple(biases), ACTIVATIONS[activation])


def random_cells(generator, count, dimension):
    """Return parallelotopes from points to a few units in size, and a point of each."""
    sizes = 10.0 ** torch.randint(-9, 1, (count, 1, 1), generator=generator).double()
    sizes[::3] = 0.0
    generators = sizes * draw(generator, count, dimension, dimension)
    coordinates = draw(generator, count, dimension).clamp(-1, 1)
    return draw(generator, count, dimension), generators, coordinates


def test_layers_with_activations_of_their_own_are_enclosed():
    generator = torch.Generator().manual_seed(3)
    for names in (("silu", "relu", "tanh"), ("gelu", "softplus", "elu")):
        network = random_network(generator, "tanh", 2, (4, 3, 3))
        mixed = replace(network, activation=tuple(ACTIVATIONS[name] for name in names))
        assert_encloses(mixed, *random_cells(generator, 9, 2))


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("widths", [(3,), (4, 3), (3, 3, 2)])
@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_random_networks_on_random_cells(activation, widths, dimension):
    generator = torch.Generator().manual_seed(dimension)
    for scale in (0.3, 5.0):
        network = random_network(generator, activation, dimension, widths, scale)
        assert_encloses(network, *random_cells(generator, 24, dimension))


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("dimension", [4, 5, 6])
def test_higher_dimensions(activation, dimension):
    generator = torch.Generator().manual_seed(dimension)
    network = random_network(generator, activation, dimension, (4, 3))
    assert_encloses(network, *random_cells(generator, 9, dimension))


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_readouts_that_cancel(activation):
    generator = torch.Generator().manual_seed(0)
    half = random_network(generator, activation, 2, (4,))
    nearly = 1 + 2.0**-52 * torch.randint(-2, 3, (2, 4), generator=generator).double()
    weights = (
        torch.cat([half.weights[0]] * 2),
        1e8 * torch.cat([half.weights[1], -half.weights[1] * nearly], 1),
    )
    network = Network(
        weights, (torch.cat([half.biases[0]] * 2), 0 * half.biases[1]), half.activation
    )
    assert_encloses(network, *random_cells(generator, 60, 2))


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("scale", [40.0, 700.0])
def test_saturated_networks(activation, scale):
    generator = torch.Generator().manual_seed(1)
    network = random_network(generator, activation, 2, (4, 3), scale)
    assert_encloses(network, *random_cells(generator, 45, 2))


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("powers", [(150, -150), (-150, 150), (-150, -150), (150, 150)])
def test_weights_near_the_ends_of_float64(activation, powers):
    generator = torch.Generator().manual_seed(2)
    network = random_network(generator, activation, 2, (3,))
    factors = [10.0**power for power in powers]
    weights = tuple(f * weight for f, weight in zip(factors, network.weights, strict=True))
    biases = (factors[0] * network.biases[0], network.biases[1])
    network = Network(weights, biases, network.activation)
    assert_encloses(network, *random_cells(generator, 30, 2))


@pytest.mark.parametrize("activation", ["relu", "elu"])
def test_cells_on_a_kink_hold_the_slopes_of_both_sides(activation):
    one = torch.ones(1, 1, dtype=torch.float64)
    network = Network((one, one), (0 * one[0], 0 * one[0]), ACTIVATIONS[activation])
    at_kink = Parallelotopes(0 * one, 0 * one, 0 * one.unsqueeze(0), 0 * one)
    jacobian = enclose(network, at_kink).jacobian
    sides = {"relu": (0.0, 1.0), "elu": (1.0, 1.0)}[activation]
    assert jacobian.lower().item() <= sides[0]
    assert jacobian.upper().item() >= sides[1]


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_the_elementary_functions_err_by_less_than_the_activation_says(activation):
    sigma = ACTIVATIONS[activation]
    generator = torch.Generator().manual_seed(3)
    z = torch.cat([30 * draw(generator, 200), 10 ** (3 * draw(generator, 200)).clamp(-200, 2.8)])
    z = z * torch.randn(len(z), generator=generator, dtype=torch.float64).sign()
    unit, tiny = arb(sigma.rounding) * arb(2) ** -53, arb(2) ** -1000
    for point, f, slope in zip(
        z.tolist(), sigma.function(z).tolist(), sigma.slope(z).tolist(), strict=True
    ):
        value, derivative = FUNCTIONS[activation](arb(point)), SLOPES[activation](arb(point))
        assert abs(value - arb(f)) <= unit * abs(value) + tiny
        size = abs(derivative) + arb(sigma.cancellation) * abs(value)
        assert abs(derivative - arb(slope)) <= unit * size + tiny


def exact_factors(network, x):
    """Return C̃({x}), ‖W_1‖ ‖W_2‖ and |σ'| of a network of one input and one hidden layer."""
    (first, last), (bias, _) = network.weights, network.biases
    rows, columns = first.flatten().tolist(), last.flatten().tolist()
    slope = SLOPES[network.activation.name]
    pairs = zip(rows, bias.tolist(), strict=True)
    slopes = [abs(slope(arb(w) * arb(x) + arb(b))) for w, b in pairs]
    sides = [
        [arb(w) ** 2 * factor for w, factor in zip(part, factors, strict=True)]
        for part in (rows, columns)
        for factors in (slopes, [arb(1)] * len(part))
    ]
    before, norm, after, last_norm = (sum(side, arb(0)) for side in sides)
    return (before * after).sqrt(), (norm * last_norm).sqrt(), slopes


@pytest.mark.parametrize("activation", sorted(FUNCTIONS))
@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 700.0])
def test_the_papers_bounds_hold_with_their_rounding(activation, scale):
    for seed in range(25):
        network = initialise(1, [5], [seed], ACTIVATIONS[activation])[0].scaled([scale])[0]
        x = 0.1 * seed - 1.2
        point = torch.tensor([x], dtype=torch.float64)
        found = certified_bounds(network, Box(point - 1e-13, point + 1e-13), 0.01, 0, 0)
        refined, norms, slopes = exact_factors(network, x)
        assert arb(found.log_bound.item()).exp() >= refined
        assert all(arb(found.log_saturation.item()).exp() >= slope for slope in slopes)
        assert all(arb(found.log_bound.item()).exp() >= norms * slope for slope in slopes)
        underflows = found.log_bound < -700
        assert underflows or found.refined_bound.item() >= refined
