"""All equilibria of a field that Newton's method finds from many places."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Complex, Float
from torch import Tensor

from neural_spectra.flows.reference_systems import Field
from neural_spectra.studies.own.where_to_look import Place

_STEPS = 60
_LONGEST_STEP = 0.5
_CONVERGED = 1e-10
_SAME = 1e-6
_MOST = 64
# Of the largest eigenvalue, or of the place's own rate: what an equilibrium that is known to so
# many digits leaves of a zero.
_NO_RATE = 1e-7


@dataclass(frozen=True)
class Equilibrium:
    """A point with f(x) = 0.

    Parameters
    ----------
    point
        x.
    eigenvalues
        Those of Df(x), by falling real part.
    negligible
        What size of a real part tells nothing.
    residual
        |f(x)| relative to ‖Df(x)‖ times the size of the states: what is left in x, relatively.
    """

    point: Float[Tensor, " dimension"]
    eigenvalues: Complex[Tensor, " dimension"]
    negligible: float
    residual: float

    @property
    def stable(self) -> bool | None:
        """Whether it attracts; None where the linearisation does not tell."""
        rate = self.eigenvalues.real.amax().item()
        return None if abs(rate) <= self.negligible else rate < 0

    @property
    def kind(self) -> str:
        """What it is called: a node, a focus, a saddle, a centre."""
        real, turning = self.eigenvalues.real, bool((self.eigenvalues.imag != 0).any())
        if self.stable is None:
            return "centre, as far as the linearisation tells" if turning else "degenerate point"
        if self.stable:
            return "stable focus" if turning else "stable node"
        if (real < 0).any():
            return "saddle"
        return "unstable focus" if turning else "unstable node"


def equilibria_of(
    field: Field, guesses: Float[Tensor, "guesses dimension"], place: Place, reach: float
) -> list[Equilibrium]:
    """Find equilibria by Newton's method with steps of limited length.

    Parameters
    ----------
    field
        A single field.
    guesses
        Where to begin.
    place
        Middle and sizes of the states of interest, which lengths are measured by.
    reach
        How many sizes from the middle an equilibrium counts, along each coordinate.
    """
    y, sizes = place.to_own(guesses), place.sizes
    found = []
    for _ in range(_STEPS):
        value, jacobian = field.value_and_jacobian(place.from_own(y))
        scaled = jacobian * sizes
        step = torch.linalg.solve_ex(scaled, value).result
        step = step.where(step.isfinite().all(-1, keepdim=True), torch.inf)
        length = step.norm(dim=-1, keepdim=True)
        at_rest = length.squeeze(-1) <= _CONVERGED
        found.append(y[at_rest] - step[at_rest])
        y = y - step * (_LONGEST_STEP / length).clamp(max=1.0)
        going_on = ~at_rest & (y.abs().amax(-1) <= 2 * reach)
        y = y[going_on]
        if len(y) == 0:
            break
    points = torch.cat(found)
    points = points[points.abs().amax(-1) <= reach]
    distinct: list[Tensor] = []
    for point in points[points.norm(dim=-1).argsort(stable=True)]:
        if all((point - other).norm() > _SAME for other in distinct):
            distinct.append(point)
    return [_at(field, place.from_own(point), place) for point in distinct[:_MOST]]


def _at(field: Field, x: Tensor, place: Place) -> Equilibrium:
    value, jacobian = field.value_and_jacobian(x.unsqueeze(0))
    sizes = place.sizes
    value, scaled = value[0] / sizes, jacobian[0] * sizes / sizes.unsqueeze(-1)
    eigenvalues = torch.linalg.eigvals(scaled)
    order = eigenvalues.real.argsort(descending=True, stable=True)
    size = torch.linalg.matrix_norm(scaled).item()
    residual = value.norm().item() / size if size > 0 else value.norm().item()
    negligible = _NO_RATE * max(eigenvalues.abs().amax().item(), 1 / place.unit)
    return Equilibrium(x, eigenvalues[order], negligible, residual)
