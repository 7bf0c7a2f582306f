"""The potentials Φ(z) = ∫₀ᶻ σ of activations for which no formula is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from neural_spectra.activations.scalar_activation import ScalarActivation
from neural_spectra.errors import InputError

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(96)


def with_potential(sigma: ScalarActivation) -> ScalarActivation:
    """Return σ with a potential, by quadrature between the kinks where no formula is known."""
    try:
        sigma.potential(np.zeros(1))
    except InputError:
        cuts = sorted({0.0, *sigma.kinks})

        def potential(z: np.ndarray) -> np.ndarray:
            total = np.zeros_like(z)
            for lowest, highest in zip([-math.inf, *cuts], [*cuts, math.inf], strict=True):
                start, end = np.clip(0.0, lowest, highest), np.clip(z, lowest, highest)
                places = start + (end - start)[..., None] * (1 + _NODES) / 2
                total += (end - start) / 2 * (sigma.function(places) @ _WEIGHTS)
            return total

        return replace(sigma, potential=potential)
    return sigma
