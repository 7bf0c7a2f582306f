"""Structured maps by name, and the weights of whole networks made of them."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float

from neural_spectra.networks.eigenvalue_constrained_maps import (
    GershgorinComplex,
    GershgorinEquation,
    GershgorinReal,
    GershgorinSigned,
    PerronFrobenius,
    PerronFrobeniusColumns,
    StructuredMap,
    Unstructured,
)
from neural_spectra.networks.singular_value_constrained_maps import Spectral, SpectralRegularised
from neural_spectra.networks.skew_and_symplectic_maps import (
    HamiltonianPrinted,
    SkewSymmetric,
    Symplectic,
)
from neural_spectra.networks.weight_recipes import Recipe

FACTORISATIONS: dict[str, dict[str, type[StructuredMap]]] = {
    "unstructured": {"default": Unstructured},
    "gershgorin": {
        "real": GershgorinReal,
        "complex": GershgorinComplex,
        "signed": GershgorinSigned,
        "equation": GershgorinEquation,
    },
    "spectral": {"householder": Spectral, "regularised": SpectralRegularised},
    "perron_frobenius": {"public": PerronFrobeniusColumns, "equation": PerronFrobenius},
    "skew_symmetric": {"damped": SkewSymmetric},
    "symplectic": {"printed": HamiltonianPrinted, "symplectic": Symplectic},
}


def structured_map(recipe: Recipe, dimension: int, generator: torch.Generator) -> StructuredMap:
    """Return one map of a recipe with freshly drawn parameters.

    Raises
    ------
    InputError
        If the map itself refuses its dimension.
    """
    kind = FACTORISATIONS[recipe.factorisation][recipe.variant]
    return kind(dimension, generator, *recipe.ends)


def draw_weights(
    recipe: Recipe, dimension: int, generator: torch.Generator
) -> tuple[Float[np.ndarray, "layers out in"], Float[np.ndarray, "layers out"]]:
    """Draw the depth + 1 matrices and biases of one network; raises as `structured_map` does."""
    with torch.no_grad():
        maps = [structured_map(recipe, dimension, generator) for _ in range(recipe.depth + 1)]
        weights = torch.stack([layer.matrix() for layer in maps]).numpy()
        return weights, torch.stack([layer.bias for layer in maps]).numpy()
