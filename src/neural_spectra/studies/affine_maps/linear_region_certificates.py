"""Certificates of ReLU networks from the Jacobians of their linear regions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from neural_spectra.maps.certificates_of_maps import joint_spectral_radius, linear_regions
from neural_spectra.maps.pointwise_affine import singular_values
from neural_spectra.networks.deep_maps import DeepMap


def region_certificates(
    networks: Sequence[DeepMap], radius: float, length: int
) -> dict[str, Float[np.ndarray, " networks"]]:
    """Return, by name, numbers that prove a contraction of |x_1|, |x_2| ≤ radius when below 1.

    Parameters
    ----------
    networks
        Planar ReLU networks. Without biases the square stands for the whole plane.
    length
        Longest products in the bound on the joint spectral radius.
    """
    norms, joint = [], []
    for network in networks:
        jacobians = np.stack([region.jacobian for region in linear_regions(network, radius)])
        jacobians = np.unique(jacobians.reshape(-1, 4), axis=0).reshape(-1, 2, 2)
        norms.append(singular_values(jacobians)[:, 0].max())
        joint.append(joint_spectral_radius(jacobians, length)[1])
    return {
        "largest norm of a region's Jacobian": np.array(norms),
        "joint spectral radius of the regions' Jacobians": np.array(joint),
    }
