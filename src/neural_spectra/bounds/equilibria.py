"""Where a network's flow has equilibria, by Newton's method: guesses, for proofs to start from."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds.regions import Ball, Box, all_cells
from neural_spectra.networks.multilayer_perceptron import Network

# An equilibrium of a region is looked for from 2^_LOOK points.
_LOOK, _STEPS, _AT_REST = 6, 20, 1e-12


def newton(
    network: Network, x: Float[Tensor, "*batch points dimension"]
) -> Float[Tensor, "*batch points dimension"]:
    """Return where Newton's method for f(x) = 0 leads from each point, an equilibrium or not."""
    for _ in range(_STEPS):
        value, jacobian = network.value_and_jacobian(x)
        x = x - torch.linalg.solve_ex(jacobian, value).result
    return x


def equilibrium_in(network: Network, region: Ball | Box) -> Float[Tensor, " dimension"] | None:
    """Look for an equilibrium of a single network in a region, from points all over it."""
    x = newton(network, region.cells(_LOOK, all_cells(_LOOK)).points)
    f, jacobian = network.value_and_jacobian(x)
    size = torch.linalg.matrix_norm(jacobian) * (1 + torch.linalg.vector_norm(x, dim=-1))
    at_rest = torch.linalg.vector_norm(f, dim=-1) <= _AT_REST * size
    if isinstance(region, Ball):
        inside = torch.linalg.vector_norm(x - region.centre, dim=-1) <= region.radius
    else:
        inside = ((x >= region.lower) & (x <= region.upper)).all(-1)
    found: Tensor = x[at_rest & inside]
    return found[0] if len(found) else None
