"""Non-linear least squares by the Levenberg–Marquardt method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Descent:
    """What a minimisation leaves behind.

    Parameters
    ----------
    path
        The parameters after 0, 1, … steps.
    losses
        The function that is minimised, there.
    gradient
        Its gradient at the end.
    """

    path: Float[Tensor, "iterates parameters"]
    losses: Float[Tensor, " iterates"]
    gradient: Float[Tensor, " parameters"]


def minimise_squares(
    linearise: Callable[[Tensor], tuple[Tensor, Tensor]],
    parameters: Float[Tensor, " parameters"],
    steps: int,
    target: float = 0.0,
) -> Descent:
    """Minimise ‖r(p)‖² by Levenberg–Marquardt steps with Nielsen's rule for the damping.

    Parameters
    ----------
    linearise
        Gives r, of shape ``(residuals,)``, and its Jacobian J, of shape ``(residuals,
        parameters)``, at p. The gradient is 2Jᵀr.
    parameters
        Where to start.
    steps
        Most steps to take; a rejected one counts. Fewer are taken once rounding lets none succeed.
    target
        Loss at which to stop.

    References
    ----------
    Madsen, Nielsen, Tingleff, *Methods for non-linear least squares problems*, 2nd ed. (2004), 3.2.
    """
    residual, jacobian = linearise(parameters)
    path, losses = [parameters], [residual @ residual]
    damping, growth = 1e-3 * jacobian.square().sum(0).max(), 2.0
    # Where rounding lets no step succeed any more, the damping grows until it overflows.
    while losses[-1] > target and len(path) <= steps and damping.isfinite():
        step = -_damped_solution(jacobian, residual, damping)
        trial_residual, trial_jacobian = linearise(path[-1] + step)
        decrease = losses[-1] - trial_residual @ trial_residual
        if decrease > 0:  # False also where the trial's loss is not finite
            gain = decrease / (step @ (damping * step - jacobian.mT @ residual))
            damping, growth = damping * (1 - (2 * gain - 1) ** 3).clamp(min=1 / 3), 2.0
            residual, jacobian = trial_residual, trial_jacobian
            path.append(path[-1] + step)
        else:
            damping, growth = damping * growth, 2 * growth
            path.append(path[-1])
        losses.append(residual @ residual)
    return Descent(torch.stack(path), torch.stack(losses), 2 * jacobian.mT @ residual)


def _damped_solution(
    jacobian: Float[Tensor, "residuals parameters"],
    residual: Float[Tensor, " residuals"],
    damping: Float[Tensor, ""],
) -> Float[Tensor, " parameters"]:
    """Solve (JᵀJ + μI) p = Jᵀr by the smaller Gram matrix: p is also Jᵀ(JJᵀ + μI)⁻¹r."""
    J, r = jacobian, residual.unsqueeze(-1)
    wide = J.shape[0] < J.shape[1]
    gram = J @ J.mT if wide else J.mT @ J
    gram.diagonal().add_(damping)
    # Where the factorisation fails the step is useless, and the trial's loss rejects it.
    factor, _ = torch.linalg.cholesky_ex(gram)
    if wide:
        return (J.mT @ torch.cholesky_solve(r, factor)).squeeze(-1)
    return torch.cholesky_solve(J.mT @ r, factor).squeeze(-1)
