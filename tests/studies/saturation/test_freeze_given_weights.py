"""Weights from elsewhere are refused where their dimension does not suit what they are used for."""

import pytest

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.networks.initialisation import initialise
from neural_spectra.studies.saturation.freeze_given_weights import require_dimension


def checked(dimension, planar_uses=(), orbits=False):
    network = initialise(dimension, [4], [0], activation_named("tanh"))
    require_dimension("a.safetensors", "mine", network, planar_uses=planar_uses, orbits=orbits)


@pytest.mark.parametrize("dimension", [1, 3])
def test_the_oscillators_circle_needs_the_plane(dimension):
    uses = ["attenuation", "monodromy.networks"]
    with pytest.raises(InputError, match=r"'mine' out of attenuation and monodromy\.networks"):
        checked(dimension, uses)
    checked(2, uses)


def test_an_orbit_needs_more_than_a_line():
    with pytest.raises(InputError, match=r"'mine' out of own_orbits\.scales"):
        checked(1, orbits=True)
    checked(3, orbits=True)


def test_bounds_on_balls_need_no_dimension():
    checked(1)
    checked(5)
