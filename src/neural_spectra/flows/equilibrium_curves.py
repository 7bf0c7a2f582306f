"""Where the equilibria of a family of planar fields change their stability.

A family is a field of the states (x, p) with p' = 0; its equilibria lie on a curve, which a
function of one number runs along.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from scipy.optimize import brentq
from torch import Tensor

from neural_spectra.flows.reference_systems import Field

Curve = Callable[[Tensor], Tensor]
States = Float[Tensor, "points dimension"]
Bifurcations = tuple[Float[Tensor, "folds dimension"], Float[Tensor, "hopf_points dimension"]]

_ACCURACY = 1e-14


def traces_and_determinants(family: Field, equilibria: States) -> tuple[Tensor, Tensor]:
    """Return the trace and the determinant of the derivative of x' by x at each equilibrium."""
    jacobian = family.jacobian(equilibria)[..., :-1, :-1]
    return jacobian.diagonal(dim1=-2, dim2=-1).sum(-1), torch.linalg.det(jacobian)


def growth_rates(family: Field, equilibria: States) -> Tensor:
    """Return the largest real part of the eigenvalues at each equilibrium: stable below 0."""
    eigenvalues: Tensor = torch.linalg.eigvals(family.jacobian(equilibria)[..., :-1, :-1])
    return eigenvalues.real.amax(-1)


def folds_and_hopf_points(
    family: Field, curve: Curve, along: Float[Tensor, " points"]
) -> Bifurcations:
    """Find where the determinant vanishes, and where the trace does at a positive determinant.

    Parameters
    ----------
    family
        The planar fields.
    curve
        Maps numbers to the equilibria there.
    along
        Numbers close enough to see every change of sign.

    Returns
    -------
    Tensor, Tensor
        The folds and the Hopf points, as states (x, p).
    """

    def at(place: float) -> list[float]:
        return [float(x) for x in traces_and_determinants(family, _point(curve, place))]

    def roots_of(k: int) -> list[float]:
        values = traces_and_determinants(family, curve(along))[k]
        changes = (values[:-1].sign() != values[1:].sign()).nonzero().flatten().tolist()
        pairs = [along[i : i + 2].tolist() for i in changes]
        return [
            brentq(lambda place: at(place)[k], low, high, xtol=_ACCURACY) for low, high in pairs
        ]

    hopf_points = [place for place in roots_of(0) if at(place)[1] > 0]
    folds, hopf = (
        curve(torch.tensor(places, dtype=torch.float64)) for places in (roots_of(1), hopf_points)
    )
    return folds, hopf


def _point(curve: Curve, place: float) -> Tensor:
    return curve(torch.tensor([place], dtype=torch.float64))
