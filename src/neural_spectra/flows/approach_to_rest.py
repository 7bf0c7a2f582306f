"""Evidence that a trajectory runs into an attracting equilibrium.

Nearer than before is no evidence: a slow spiral beside a cycle looks the same for a while. Two
things together are. In a norm in which the linearisation contracts in every direction, the
trajectory comes nearer throughout several e-foldings of the slowest rate, hardly slower than the
linearisation lets it. And from the trajectory inwards the field points inwards at every point of
nested spheres of that norm that is looked at, so that no cycle lies between.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from neural_spectra.flows.reference_systems import Field
from neural_spectra.networks.random_numbers_on_any_device import normal

_NEWTON_STEPS = 15
_CONVERGED = 1e-9
_E_FOLDINGS = 5.0
_SPHERES = 8
_DIRECTIONS = 64
_STEP_OF_THE_NORM = 0.02
_DOUBLINGS = 60

Points = Float[Tensor, "batch dimension"]
Trajectories = Float[Tensor, "steps batch dimension"]
PerMember = Float[Tensor, " batch"]
Matrices = Float[Tensor, "batch dimension dimension"]


def time_until_at_rest(
    field: Field, trajectory: Trajectories, step: float, span: PerMember
) -> PerMember:
    """Return for how long each trajectory must be watched before it is called at rest.

    Parameters
    ----------
    field
        The batch of fields.
    trajectory
        States at equal intervals of time.
    step
        That interval.
    span
        How far each trajectory went so far, against which its distances are small or not.

    Returns
    -------
    Tensor
        Five e-foldings of the slowest rate at the equilibrium ahead; ∞ where there is none, or the
        trajectory does not approach it as the linearisation there says.
    """
    point, jacobian, found = _equilibrium(field, trajectory[-1], span)
    slowest = -torch.linalg.eigvals(jacobian).real.amax(-1)
    members = (found & (slowest > 0)).nonzero().flatten()
    time = torch.full_like(span, torch.inf)
    if len(members) == 0:
        return time
    rate, point = slowest[members], point[members]
    norm = _contracting_norm(jacobian[members], rate)
    negligible = 10 * _CONVERGED * span[members] * torch.linalg.matrix_norm(norm)
    distance = ((trajectory[:, members] - point).unsqueeze(-2) @ norm.mT).squeeze(-2).norm(dim=-1)
    nearer = distance[1:] <= distance[:-1] * (-rate * step / 4).exp()
    radius = torch.maximum(distance[-1], negligible)
    approaching = (nearer | (distance[1:] <= negligible)).all(0)
    approaching &= _points_inwards(field[members], point, norm, radius)
    time[members] = (_E_FOLDINGS / rate).where(approaching, torch.inf)
    return time


def _equilibrium(
    field: Field, start: Points, span: PerMember
) -> tuple[Points, Matrices, Bool[Tensor, " batch"]]:
    """Return where Newton's method leads, Df there (−1 where it leads nowhere), and whether."""
    x = start.unsqueeze(1)
    for _ in range(_NEWTON_STEPS):
        value, jacobian = field.value_and_jacobian(x)
        correction = torch.linalg.solve_ex(jacobian, value).result
        x = x - correction
    jacobian = field.jacobian(x).squeeze(1)
    found = (correction.norm(dim=-1).squeeze(1) <= _CONVERGED * span) & (span > 0)
    found &= jacobian.isfinite().all(-1).all(-1)
    nothing = -torch.eye(field.dimension, dtype=torch.float64)
    return x.squeeze(1), jacobian.where(found[:, None, None], nothing), found


def _contracting_norm(jacobian: Matrices, rate: PerMember) -> Matrices:
    """Return N such that |N x| falls at least at half the slowest rate along ẋ = Df x.

    NᵀN is the sum of (e^{kBh})ᵀ e^{kBh} over k = 0, 1, …, with B = Df + rate/2 and a small h, by
    doubling: a Riemann sum of the solution ∫ (e^{Bt})ᵀ e^{Bt} dt of Lyapunov's equation.
    """
    identity = torch.eye(jacobian.shape[-1], dtype=torch.float64)
    shifted = jacobian + rate[:, None, None] / 2 * identity
    step = _STEP_OF_THE_NORM / torch.linalg.matrix_norm(shifted).clamp(min=1e-300)
    power, gram = torch.linalg.matrix_exp(shifted * step[:, None, None]), identity
    for _ in range(_DOUBLINGS):
        gram, power = gram + power.mT @ gram @ power, power @ power
    gram = gram / gram.diagonal(dim1=-2, dim2=-1).amax(-1)[:, None, None]
    norm: Tensor = torch.linalg.cholesky_ex(gram).L.mT
    return norm


def _points_inwards(
    field: Field, point: Points, norm: Matrices, radius: PerMember
) -> Bool[Tensor, " batch"]:
    """Tell whether |N (x − point)| falls along f on spheres of this and smaller radii."""
    generator = torch.Generator().manual_seed(0)
    unit = torch.nn.functional.normalize(normal(generator, _DIRECTIONS, field.dimension), dim=-1)
    shares = torch.arange(1, _SPHERES + 1, dtype=torch.float64) / _SPHERES
    spheres = (shares[:, None, None] * unit).flatten(0, 1) * radius[:, None, None]
    states = torch.linalg.solve_triangular(norm, spheres.mT, upper=True).mT
    velocity = field(point.unsqueeze(1) + states) @ norm.mT
    return ((velocity * spheres).sum(-1) < 0).all(-1)
