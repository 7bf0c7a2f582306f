"""Minimisation by PyTorch's L-BFGS with the strong Wolfe conditions."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.networks.levenberg_marquardt import Descent

# Of the loss, in the line search of one step.
_MOST_EVALUATIONS = 25


def minimise(
    loss: Callable[[Tensor], Tensor], parameters: Float[Tensor, " parameters"], steps: int
) -> Descent:
    """Minimise a differentiable function of one vector.

    Parameters
    ----------
    loss
        The function.
    parameters
        Where to start.
    steps
        How many to take, each with as many evaluations as its line search needs.
    """
    parameters = parameters.detach().clone().requires_grad_()
    descent = torch.optim.LBFGS(
        [parameters],
        max_iter=1,
        max_eval=_MOST_EVALUATIONS,
        tolerance_grad=0,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        descent.zero_grad()
        found = loss(parameters)
        torch.autograd.backward(found)
        return found

    path, losses = [parameters.detach().clone()], []
    for _ in range(steps):
        # The loss before the step.
        losses.append(descent.step(closure))  # type: ignore[no-untyped-call]
        path.append(parameters.detach().clone())
    losses.append(closure())
    assert parameters.grad is not None
    return Descent(torch.stack(path), torch.stack(losses).detach(), parameters.grad)
