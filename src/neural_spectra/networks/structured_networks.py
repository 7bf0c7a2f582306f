"""Structured maps by name, and the weights of whole networks made of them.

The networks are those of Drgoňa et al. (2020), Appendix D: depth L means L + 1 maps of one kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from jaxtyping import Float

from neural_spectra.errors import InputError, did_you_mean
from neural_spectra.networks.eigenvalue_constrained_maps import (
    GershgorinComplex,
    GershgorinEquation,
    GershgorinReal,
    GershgorinSigned,
    PerronFrobenius,
    PerronFrobeniusColumns,
    RangedMap,
    StructuredMap,
    Unstructured,
)
from neural_spectra.networks.singular_value_constrained_maps import Spectral, SpectralRegularised
from neural_spectra.networks.skew_and_symplectic_maps import (
    HamiltonianPrinted,
    SkewSymmetric,
    Symplectic,
)

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

RANGES = (
    (-1.5, -1.1),
    (0.0, 1.0),
    (0.99, 1.0),
    (0.99, 1.01),
    (0.99, 1.1),
    (1.0, 1.01),
    (1.1, 1.5),
)
DEPTHS = (1, 4, 8)


@dataclass(frozen=True)
class Recipe:
    """How the maps of one network are drawn; a factorisation without a range has None for it."""

    factorisation: str
    variant: str
    lambda_min: float | None
    lambda_max: float | None
    depth: int


# 7 ranges of each of three factorisations, and two more: 23 combinations at each of 3 depths.
APPENDIX_D = [
    Recipe(*combination, depth)
    for combination in [
        *(
            (*name, *ends)
            for name, ends in product(
                [("gershgorin", "real"), ("gershgorin", "complex"), ("spectral", "householder")],
                RANGES,
            )
        ),
        ("perron_frobenius", "public", 1.0, 1.0),
        ("unstructured", "default", None, None),
    ]
    for depth in DEPTHS
]


def structured_map(
    factorisation: str,
    variant: str,
    dimension: int,
    lambda_min: float | None,
    lambda_max: float | None,
    generator: torch.Generator,
) -> StructuredMap:
    """Return a map from `FACTORISATIONS` with freshly drawn parameters.

    Parameters
    ----------
    lambda_min, lambda_max
        The range of its eigenvalues or singular values; None where the factorisation has none.

    Raises
    ------
    InputError
        If there is no such factorisation or variant, a range is missing or not wanted, or the map
        itself refuses its dimension or range.
    """
    if factorisation not in FACTORISATIONS:
        raise InputError(
            f"unknown factorisation '{factorisation}'{did_you_mean(factorisation, FACTORISATIONS)}"
            f"; known are {', '.join(FACTORISATIONS)}"
        )
    variants = FACTORISATIONS[factorisation]
    if variant not in variants:
        raise InputError(
            f"the factorisation {factorisation} has no variant '{variant}'"
            f"{did_you_mean(variant, variants)}; known are {', '.join(variants)}"
        )
    kind = variants[variant]
    if issubclass(kind, RangedMap):
        if lambda_min is None or lambda_max is None:
            raise InputError(f"a {factorisation} map needs both lambda_min and lambda_max")
        return kind(dimension, generator, lambda_min, lambda_max)
    if lambda_min is not None or lambda_max is not None:
        raise InputError(
            f"a {factorisation} map ({variant}) has no range: leave out lambda_min and lambda_max"
        )
    return kind(dimension, generator)


def draw_weights(
    recipe: Recipe, dimension: int, generator: torch.Generator
) -> tuple[Float[np.ndarray, "layers out in"], Float[np.ndarray, "layers out"]]:
    """Draw the depth + 1 matrices and biases of one network.

    Raises
    ------
    InputError
        If the depth is below 1, or as `structured_map` says.
    """
    if recipe.depth < 1:
        raise InputError(f"a deep map needs a depth of at least 1, not {recipe.depth}")
    with torch.no_grad():
        maps = [
            structured_map(
                recipe.factorisation,
                recipe.variant,
                dimension,
                recipe.lambda_min,
                recipe.lambda_max,
                generator,
            )
            for _ in range(recipe.depth + 1)
        ]
        weights = torch.stack([layer.matrix() for layer in maps]).numpy()
        return weights, torch.stack([layer.bias for layer in maps]).numpy()


def weight_sets(
    seed: int, dimension: int = 2
) -> list[tuple[Recipe, Float[np.ndarray, "layers out in"], Float[np.ndarray, "layers out"]]]:
    """Draw the 69 networks of `APPENDIX_D`, each from a generator of its own.

    Its activations and its bias, used or zeroed, make the 828 models of the paper of them.
    """
    sets = []
    for place, recipe in enumerate(APPENDIX_D):
        state = np.random.SeedSequence([seed, place]).generate_state(1, np.uint64)
        generator = torch.Generator().manual_seed(int(state[0]))
        sets.append((recipe, *draw_weights(recipe, dimension, generator)))
    return sets
