"""The energy of a skew-symmetric network does not change in time, for any σ and any n."""

from typing import get_args

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.config.rnn import ActivationName
from neural_spectra.networks.recurrent_networks import RecurrentNetwork

activations = st.sampled_from(get_args(ActivationName))
forms = st.sampled_from(["sigma(A x)", "A sigma(x)"])
recipes = st.fixed_dictionaries(
    {
        "n": st.integers(1, 12),
        "seed": st.integers(0, 2**32 - 1),
        "matrix_size": st.floats(1e-3, 30),
        "state_size": st.floats(1e-3, 30),
    }
)


def network_and_state(activation, form, n, seed, matrix_size, state_size):
    rng = np.random.default_rng(seed)
    draws = matrix_size * rng.standard_normal((n, n))
    network = RecurrentNetwork(draws - draws.T, scalar_activation(activation), form)
    return network, state_size * rng.standard_normal(n)


@settings(deadline=None)
@given(activations, forms, recipes)
def test_the_energy_has_no_time_derivative(activation, form, recipe):
    network, x = network_and_state(activation, form, **recipe)
    velocity, outputs = network(x), network.activation.function(network.preactivation(x))
    through_a = network.form == "sigma(A x)"
    gradient = network.matrix.T @ outputs if through_a else outputs
    rounding = 1e-14 * np.abs(outputs) @ np.abs(network.matrix) @ np.abs(outputs)
    assert abs(gradient @ velocity) <= rounding


@settings(deadline=None)
@given(activations, forms, recipes)
def test_the_energy_does_not_change_along_the_velocity(activation, form, recipe):
    network, x = network_and_state(activation, form, **recipe)
    kinks = np.array([*network.activation.kinks, np.inf])
    assume(np.abs(network.preactivation(x)[:, None] - kinks).min() > 1e-2)
    speed = np.linalg.norm(network.matrix @ network(x), ord=np.inf)
    step = 1e-4 / max(1.0, speed, np.linalg.norm(network(x), ord=np.inf))
    ahead, behind = network.energy(x + step * network(x)), network.energy(x - step * network(x))
    assert abs(ahead - behind) <= 1e-10 + 1e-14 * abs(network.energy(x))
