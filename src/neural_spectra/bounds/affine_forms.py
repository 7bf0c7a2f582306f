r"""Affine forms over cells: enclosures c + G ξ ± r of many numbers at once, rounding included.

A cell is {c + B ξ : |ξ_1|, …, |ξ_m| ≤ 1}. Over each cell a quantity q is enclosed by a form of the
cell's own coordinates, |q(ξ) − c − Σ_l G_l ξ_l| ≤ r. That two quantities move together, which plain
intervals forget, stays known to first order (affine arithmetic, Comba and Stolfi 1993).

Rounding. Let u = 2^−53. A sum of n products, in whatever order and with or without fused
operations, errs by at most n u/(1 − n u) Σ|w||z| (Higham 2002, section 3.1), and by n 2^−1022 more
where products underflow, flushed to zero or not. `linear` therefore adds κ (|c| + Σ_l |G_l|) to the
radius before it is multiplied by |W|, with κ = 2 (n + 16) u: the rounding of the centre and of each
generator takes less than half of κ, and the radius itself, a sum of terms that are not negative
and so computed to a relative (n + 4) u, is rounded up by what is left. That also leaves 10u for
weights which are themselves rounded. `product` forms each entry by at most eight operations, and
adds 32u times the product of the magnitudes. What is not finite any more ends as a bound of ∞,
never as a number.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.activations.activation_ranges import UNDERFLOW, UNIT_ROUNDOFF

FEW = 32 * UNIT_ROUNDOFF  # more than the relative error of a dozen operations


class AffineForms(NamedTuple):
    """Numbers c + Σ_l G_l ξ_l ± r over cells, with |ξ_l| ≤ 1.

    Parameters
    ----------
    centres
        c.
    generators
        G_1 … G_m; one cell's serve all where they have only one.
    radii
        r.
    """

    centres: Float[Tensor, "*batch cells rows n"]
    generators: Float[Tensor, "*batch few m rows n"]
    radii: Float[Tensor, "*batch cells rows n"]

    def reach(self) -> Float[Tensor, "*batch cells rows n"]:
        """Return how far the numbers may be from their centres: Σ|G_l| + r, rounded up."""
        return (self.generators.abs().sum(-3) + self.radii).mul_(1 + FEW)

    def upper(self) -> Float[Tensor, "*batch cells rows n"]:
        """Return the largest value over each cell, rounded up; ∞ where nothing is known."""
        reach = self.reach()
        top = self.centres + reach + FEW * (self.centres.abs() + reach)
        return top.nan_to_num(nan=torch.inf, posinf=torch.inf, neginf=-torch.inf)

    def lower(self) -> Float[Tensor, "*batch cells rows n"]:
        """Return the smallest value over each cell, rounded down; −∞ where nothing is known."""
        return -self.negated().upper()

    def transposed(self) -> AffineForms:
        """Return the forms with rows and columns exchanged."""
        return AffineForms(self.centres.mT, self.generators.mT, self.radii.mT)

    def negated(self) -> AffineForms:
        """Return the forms of the negative numbers."""
        return AffineForms(-self.centres, -self.generators, self.radii)


def linear(
    forms: AffineForms,
    weight: Float[Tensor, "*batch few outputs n"],
    bias: Float[Tensor, "*batch few outputs"] | None = None,
    weight_errors: Float[Tensor, "*batch few outputs n"] | None = None,
) -> AffineForms:
    """Multiply every row by W, and add a bias to the first one.

    Parameters
    ----------
    forms
        Rows of n numbers.
    weight
        W, one for all cells or one for each.
    bias
        What to add to the first row.
    weight_errors
        How far each entry of W may be from the exact one, beyond a few units in the last place.
    """
    kappa = 2 * (weight.shape[-1] + 16) * UNIT_ROUNDOFF
    size = forms.centres.abs() + forms.generators.abs().sum(-3)
    rounded = torch.add(forms.radii, size, alpha=kappa).mul_(1 + kappa)
    radii = _multiply(rounded, weight.abs()).add_(UNDERFLOW)
    if weight_errors is not None:
        radii = radii + _multiply(size + forms.radii, weight_errors) * (1 + kappa)
    centres = _multiply(forms.centres, weight)
    generators = _multiply(forms.generators, weight.unsqueeze(-3))
    if bias is not None:
        centres[..., 0, :].add_(bias)
        radii[..., 0, :].add_(bias.abs(), alpha=kappa)
    return AffineForms(centres, generators, radii)


def product(factor: AffineForms, rows: AffineForms) -> AffineForms:
    """Multiply every row, entry by entry, with the one row of another form."""
    factor_reach, reach = factor.reach(), rows.reach()
    size, factor_size = rows.centres.abs() + reach, factor.centres.abs() + factor_reach
    radii = (
        factor.centres.abs() * rows.radii
        + factor.radii * rows.centres.abs()
        + factor_reach * reach
        + FEW * factor_size * size
    )
    return AffineForms(
        factor.centres * rows.centres,
        factor.centres.unsqueeze(-3) * rows.generators
        + factor.generators * rows.centres.unsqueeze(-3),
        radii * (1 + FEW) + UNDERFLOW,
    )


def _multiply(x: Tensor, weight: Tensor) -> Tensor:
    """Return x Wᵀ; all rows of all cells at once where the cells share one W."""
    if weight.shape[:-2] != torch.Size([1] * (weight.ndim - 2)):
        return x @ weight.mT
    shared = weight.reshape(weight.shape[-2:])
    return (x.reshape(-1, x.shape[-1]) @ shared.mT).reshape(*x.shape[:-1], len(shared))
