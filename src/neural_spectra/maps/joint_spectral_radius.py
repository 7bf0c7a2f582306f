"""How fast products of matrices from a set can grow: their joint spectral radius."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from neural_spectra.errors import InputError
from neural_spectra.maps.pointwise_affine import singular_values, spectral_radius

_MOST_PRODUCTS = 2**22


def joint_spectral_radius(
    matrices: Float[np.ndarray, "count n n"], length: int
) -> tuple[float, float]:
    """Return bounds from below and above on the joint spectral radius.

    That is the largest growth per factor of long products, lim_k max ‖M_1 … M_k‖^{1/k}. For every
    k ≤ length it lies between max ρ(M_1 … M_k)^{1/k} and max ‖M_1 … M_k‖₂^{1/k} (Blondel and
    Nesterov 2005, eq. (1.2)).

    Raises
    ------
    InputError
        If there are more than 2²² products of that length, or none.
    """
    if length < 1 or not len(matrices) or len(matrices) ** length > _MOST_PRODUCTS:
        raise InputError(
            f"{len(matrices)} matrices have {len(matrices)}^{length} products of length {length}: "
            f"give at least one matrix, a length of at least 1, and not above 2^22 products"
        )
    products = matrices
    lower, upper = 0.0, np.inf
    for k in range(1, length + 1):
        lower = max(lower, float(spectral_radius(products).max()) ** (1 / k))
        upper = min(upper, float(singular_values(products)[..., 0].max()) ** (1 / k))
        if k < length:
            products = (matrices[:, None] @ products).reshape(-1, *matrices.shape[1:])
    return lower, upper
