r"""Theorems on closed orbits in the plane, with every hypothesis certified on cells.

**One attracting limit cycle.** Let A be an annulus on whose two boundary curves f points into A. If
there is no equilibrium in A, it holds a closed orbit (Poincaré–Bendixson). If also div(e^β f) < 0
almost everywhere in A for some Lipschitz function β, there is only one, and it attracts all of A
(Dulac's criterion on an annulus: two closed orbits would bound a region with no flux through its
boundary).

`attracting_cycle` lays the curves along the orbit that a simulation found. Let τ be the piecewise
linear function on A that grows along the orbit as time does, and b the one that falls along it as
∫ tr Df dt grows; both come back from a turn with a difference, T and −Λ. Then

- τ̇ = f·∇τ > 0 in A excludes equilibria, and the period lies in T divided by the range of τ̇;
- with e = tr Df + f·∇b, which vanishes on the orbit, ln det M = Λ + ∮ e dt;
- β = b + Λ τ/T has one value everywhere, and div(e^β f) = e^β (e + (Λ/T) τ̇).

**No closed orbit.** A closed orbit in the plane goes round an equilibrium, and round a region where
the divergence has mean 0. So there is none in a simply connected U where |f| > 0, or where the
divergence has one sign (Bendixson).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.bounds.affine_forms import FEW
from neural_spectra.bounds.annuli import (
    Annulus,
    is_embedded,
    lies_in,
    triangles,
)
from neural_spectra.bounds.branch_and_bound import Suprema, below_zero, suprema
from neural_spectra.bounds.certified_quantities import (
    DIVERGENCE,
    SLOWNESS,
    largest,
)
from neural_spectra.bounds.curves_along_orbits import PlanarOrbit, planar_orbit
from neural_spectra.bounds.equilibria import equilibrium_in
from neural_spectra.bounds.flow_on_annuli import AnnulusQuantities, outwardness
from neural_spectra.bounds.interval_jacobians import cells_at_once
from neural_spectra.bounds.regions import Ball, Box
from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network

BUDGET = 2**14
# Of the curves that are tried, beside the orbit's extent or its radius of curvature.
_WIDTHS = [2.0**-k for k in range(3, 14)]
_SHARPER = 8
_NOTHING = (math.nan, math.nan)


@dataclass(frozen=True)
class Certificate:
    """What was tried to be proved about the closed orbits of a planar flow, and what came out.

    Parameters
    ----------
    verdict
        ``proved``; ``refused``, when a hypothesis fails at a point; ``undecided``, when cells were
        left on which it could be neither proved nor refuted.
    reason
        In one sentence.
    margins
        By how much each certified hypothesis holds at least; negative where it does not.
    cells
        How many cells were looked at.
    resisting
        The point where a hypothesis fails, or the centre of the cell that resists; else NaN.
    period, log_determinant
        Intervals for T and ln det M of the closed orbit.
    annulus
        Where it is.
    """

    verdict: str
    reason: str
    margins: dict[str, float]
    cells: int
    resisting: tuple[float, float] = _NOTHING
    period: tuple[float, float] = _NOTHING
    log_determinant: tuple[float, float] = _NOTHING
    annulus: Annulus | None = None


def attracting_cycle(
    network: Network,
    states: Float[Tensor, "times two"],
    period: float,
    budget: int = BUDGET,
) -> Certificate:
    """Prove that exactly one closed orbit, an attracting one, lies near an orbit that was found.

    The widest annulus that serves gives the certificate; a thin one in it, if it serves as well,
    sharpens the intervals.

    Parameters
    ----------
    network
        f, a single network in the plane.
    states
        The orbit at equally spaced times of one period, 64 or a larger power of two. They need not
        be exact, and where the curves need more they are interpolated.
    period
        The orbit's period.
    budget
        How many cells to look at for one annulus, at most.

    Raises
    ------
    InputError
        If the network is no single planar one, or the states are not those of one period.
    """
    _require_planar(network)
    orbit = planar_orbit(network, states, period)
    if not orbit.log_determinant < 0:
        reason = f"ln det M is {orbit.log_determinant:.3g} along the orbit: it does not attract"
        return Certificate("refused", reason, {}, 0)
    reason = f"with {budget} cells no curve follows the orbit finely enough: give a larger budget"
    certificate = Certificate("undecided", reason, {}, 0)
    cells = 0
    for width in _WIDTHS:
        orbit = orbit.refined(network, width)
        if not orbit.resolves(width) or 4 * orbit.vertices(width) > budget:
            break
        certificate = _tried(network, orbit, width, budget)
        certificate = replace(certificate, cells=certificate.cells + cells)
        if certificate.verdict == "proved":
            return _sharpened(network, orbit, certificate, width, budget)
        cells = certificate.cells
    return certificate


def no_closed_orbit(network: Network, region: Ball | Box, budget: int = BUDGET) -> Certificate:
    """Prove that there is no closed orbit in a simply connected region.

    Parameters
    ----------
    network
        f, a single network in the plane.
    region
        U, a ball or a box.
    budget
        How many cells to look at for each of the two criteria, at most.

    Raises
    ------
    InputError
        If the network is no single planar one.

    Examples
    --------
    >>> from neural_spectra.activations.torch_activations import activation_named
    >>> from neural_spectra.networks.initialisation import initialise
    >>> network = initialise(2, [8], [0], activation_named("tanh"))[0]
    >>> no_closed_orbit(network, Ball(torch.zeros(2).double(), 0.5)).verdict
    'proved'
    """
    _require_planar(network)
    found = equilibrium_in(network, region)
    zero = None if found is None else _pair(found)
    if zero is None:
        slowness = largest(SLOWNESS, network, region, below_zero, budget)
        margins, cells = {"speed": -slowness.bound.item()}, int(slowness.cells)
        if margins["speed"] > 0:
            return Certificate("proved", "f vanishes nowhere in the region", margins, cells)
        place = _pair(slowness.resisting[0])
    else:
        margins, cells, place = {"speed": 0.0}, 0, zero
    spread = largest(DIVERGENCE, network, region, _one_sign, budget)
    cells += int(spread.cells)
    margins["divergence"] = -spread.bound.amin().item()
    if margins["divergence"] > 0:
        return Certificate("proved", "the divergence has one sign in the region", margins, cells)
    if zero is not None and bool((spread.found > 0).all()):
        reason = f"there is an equilibrium at {_point(zero)}, and the divergence has both signs"
        return Certificate("refused", reason, margins, cells, zero)
    reason = (
        f"with {budget} cells neither |f| near {_point(place)} nor the divergence could be "
        f"separated from 0"
    )
    return Certificate("undecided", reason, margins, cells, place)


def _sharpened(
    network: Network, orbit: PlanarOrbit, wide: Certificate, width: float, budget: int
) -> Certificate:
    """Take the intervals from the thinnest annulus that is cheap, and lies in the wide one."""
    cheap = budget // _SHARPER
    thinner = [w for w in _WIDTHS if w < width and 4 * orbit.vertices(w) <= cheap]
    if not thinner:
        return wide
    thin = _tried(network, orbit.refined(network, thinner[-1]), thinner[-1], budget)
    wide = replace(wide, cells=wide.cells + thin.cells)
    if thin.annulus is None or wide.annulus is None or not lies_in(thin.annulus, wide.annulus):
        return wide
    return replace(wide, period=thin.period, log_determinant=thin.log_determinant)


def _tried(network: Network, orbit: PlanarOrbit, width: float, budget: int) -> Certificate:
    """Look at the annulus of a width."""
    annulus, gains, time_steps = orbit.annulus(width)
    if not is_embedded(annulus):
        reason = f"curves {width:.2g} of the orbit's extent away from it cross"
        return Certificate("undecided", reason, {}, 0)
    entered = suprema(
        annulus.edges,
        lambda cells: outwardness(network, annulus, cells),
        below_zero,
        budget,
        cells_at_once(network),
        coarsest_level=annulus.edges.level,
    )
    margins = {"inwards": -entered.bound.item()}
    if margins["inwards"] <= 0:
        return _failed(entered, 0, "the flow does not enter through curves", width, margins)
    signs = AnnulusQuantities(network, triangles(annulus), gains, time_steps)
    inside = suprema(
        annulus,
        signs.evaluate,
        _first_two_below_zero,
        budget,
        cells_at_once(network),
        coarsest_level=annulus.level,
    )
    backwards, rate, fastest, above, below = inside.bound.tolist()
    margins |= {"forwards": -backwards, "contraction": -rate}
    inside = replace(inside, cells=inside.cells + entered.cells)
    if backwards >= 0:
        return _failed(inside, 0, "f does not go round between curves", width, margins)
    if rate >= 0:
        return _failed(
            inside, 1, "Dulac's divergence is not negative between curves", width, margins
        )
    shortest = orbit.period / fastest * (1 - FEW)
    longest = orbit.period / -backwards * (1 + FEW)
    total = math.fsum(gains.tolist())
    room = FEW * abs(total)
    return Certificate(
        "proved",
        "exactly one closed orbit lies in the annulus, and it attracts all of it",
        margins,
        int(inside.cells),
        period=(shortest, longest),
        log_determinant=(
            total - longest * max(below, 0.0) - room,
            min(total + longest * max(above, 0.0) + room, rate * shortest),
        ),
        annulus=annulus,
    )


def _failed(
    found: Suprema, quantity: int, what: str, width: float, margins: dict[str, float]
) -> Certificate:
    refuted = bool(found.found[quantity] >= 0)
    point = _pair((found.attained if refuted else found.resisting)[quantity])
    how = "at" if refuted else "as far as the cells tell, near"
    return Certificate(
        "refused" if refuted else "undecided",
        f"{what} {width:.2g} of the orbit's extent away from it, {how} {_point(point)}",
        margins,
        int(found.cells),
        point,
    )


def _first_two_below_zero(bounds: Tensor, best: Tensor) -> Tensor:
    signs = below_zero(bounds[:2], best[:2])
    return torch.cat([signs, torch.ones_like(bounds[2:], dtype=torch.bool)])


def _one_sign(bounds: Tensor, best: Tensor) -> Tensor:
    """Settle the cells where a quantity is negative, or its negative if that was found so."""
    row = 0 if best[0] < 0 else 1
    return ((bounds[row] < 0) | (best >= 0).all()).expand_as(bounds)


def _pair(x: Tensor) -> tuple[float, float]:
    first, second = x.tolist()
    return first, second


def _point(x: tuple[float, float]) -> str:
    return f"({x[0]:.4g}, {x[1]:.4g})"


def _require_planar(network: Network) -> None:
    if network.batch_shape or network.dimension != 2:
        raise InputError(
            f"a proof in the plane needs a single network of dimension 2, not a batch of shape "
            f"{tuple(network.batch_shape)} of dimension {network.dimension}: index the batch"
        )
