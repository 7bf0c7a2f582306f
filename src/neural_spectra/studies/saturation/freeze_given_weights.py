"""What the study can take from weights that were trained elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network


def require_dimension(
    path: str, name: str, network: Network, *, planar_uses: Sequence[str], orbits: bool
) -> None:
    """Make sure that a network has the dimension that its uses need.

    Parameters
    ----------
    path, name
        Of the weights file, and of the network in the config.
    planar_uses
        The settings that take the network along the oscillator's circle.
    orbits
        Whether its periodic orbits are searched for.

    Raises
    ------
    InputError
        If it has not, saying where to leave it out.
    """
    d = network.dimension
    if planar_uses and d != 2:
        raise InputError(
            f"{path}: the network maps R^{d} to itself, but the oscillator's circle lies in the "
            f"plane; take '{name}' out of {' and '.join(planar_uses)} of the study saturation"
        )
    if orbits and d == 1:
        raise InputError(
            f"{path}: the network maps R^1 to itself, where no orbit is periodic; take '{name}' "
            f"out of own_orbits.scales of the study saturation"
        )
