"""Networks that are fitted to the velocities of a field at given states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.networks.training import levenberg_marquardt


def fitted(
    states: Float[Tensor, "points dimension"],
    velocities: Float[Tensor, "points dimension"],
    *,
    hidden: int,
    seeds: Sequence[int],
    steps: int,
) -> tuple[Network, Float[Tensor, " seeds"]]:
    """Fit tanh networks of one hidden layer to velocities, by the Levenberg–Marquardt method.

    Every component of the velocity is divided by its standard deviation first, so that none is
    neglected because it is slow.

    Parameters
    ----------
    states
        Where the velocities are known, in coordinates of about unit size.
    velocities
        f there.
    hidden
        Number of hidden units.
    seeds
        One network for each.
    steps
        Of the method, at most.

    Returns
    -------
    Network, Tensor
        The networks of the velocities themselves, and the mean squared errors of the equalised
        ones.
    """
    size = velocities.std(0)
    start = initialise(states.shape[-1], [hidden], seeds, activation_named("tanh"))
    training = levenberg_marquardt(start, states, velocities / size, steps=steps)
    first, readout = training.final.weights
    first_bias, readout_bias = training.final.biases
    network = replace(
        training.final,
        weights=(first, size.unsqueeze(-1) * readout),
        biases=(first_bias, size * readout_bias),
    )
    return network, training.losses[-1]
