"""What can be proved about a user's network in a region, with a small budget."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from neural_spectra.bounds.certified_quantities import ROUNDING
from neural_spectra.bounds.contraction import contracting_ball_of_flow
from neural_spectra.bounds.planar_proofs import Certificate, attracting_cycle, no_closed_orbit
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.attractors import Behaviour
from neural_spectra.studies.own.closed_orbits import ClosedOrbit
from neural_spectra.studies.own.layers import in_units, reversed_in_time
from neural_spectra.studies.own.numbers_in_sentences import (
    at_least,
    at_most,
    figures,
    listed,
    point,
)
from neural_spectra.studies.own.regions_of_flows import BoundsOfRegion, OwnRegion

PROVED, UNDECIDED = "proved", "undecided"
_MOST_PROOFS = 4
_CHEAPER = 4  # than that of the first orbit
_CELLS_OF_A_BALL = 2**10


@dataclass(frozen=True)
class Proof:
    """A statement about the network, and whether it was proved.

    Parameters
    ----------
    statement
        What is said.
    verdict
        ``proved`` or ``undecided``.
    reason
        Why, in a sentence.
    curves
        The two closed curves between which a closed orbit is, in the states' own units.
    """

    statement: str
    verdict: str
    reason: str
    curves: tuple[Tensor, Tensor] | None = None


def proofs_of(
    network: Network, region: OwnRegion, bounds: BoundsOfRegion, behaviour: Behaviour, cells: int
) -> list[Proof]:
    """Try to prove what the field does.

    Parameters
    ----------
    network
        f.
    region, bounds
        U, and what holds there.
    behaviour
        What was found without proof.
    cells
        How many cells to look at for the proof around the first orbit, at most; a part for others.
    """
    scaled = in_units(network, region.units)
    proofs = _of_the_region(region, bounds)
    if network.dimension == 2:
        budgets = [cells, *[cells // _CHEAPER] * _MOST_PROOFS]
        for orbit, budget in zip(behaviour.orbits[:_MOST_PROOFS], budgets, strict=False):
            proofs.append(_of_an_orbit(scaled, region, orbit, budget))
        if not behaviour.orbits:
            proofs.append(_of_no_orbit(scaled, region, cells // _CHEAPER))
    elif behaviour.orbits:
        statement = "exactly one closed orbit lies near the one that was found"
        reason = f"the proof is one of the plane, and this field has {network.dimension} dimensions"
        proofs.append(Proof(statement, UNDECIDED, reason))
    stable = [found.point for found in behaviour.equilibria if found.stable]
    return proofs + [_of_a_ball(scaled, region, x) for x in stable[:_MOST_PROOFS]]


def _of_the_region(region: OwnRegion, bounds: BoundsOfRegion) -> list[Proof]:
    proofs = []
    if len(region.units) > 1 and 0 < bounds.jacobian < math.inf:
        shortest = at_least(2 * math.pi / bounds.jacobian * (1 - ROUNDING))
        statement = f"no closed orbit in U has a period below {shortest}"
        reason = f"‖Df‖ ≤ {at_most(bounds.jacobian)} on U, and U is convex (Yorke's theorem)"
        proofs.append(Proof(statement, PROVED, reason))
    if math.isfinite(bounds.lowest) and math.isfinite(bounds.highest):
        statement = (
            f"every Floquet or Lyapunov exponent of what stays in U lies between "
            f"{at_least(bounds.lowest)} and {at_most(bounds.highest)}"
        )
        reason = "by the logarithmic norms of Df and −Df on U"
        proofs.append(Proof(statement, PROVED, reason))
        if bounds.highest < 0:
            statement = "all trajectories in U approach each other"
            reason = f"the logarithmic norm of Df is at most {at_most(bounds.highest)} on U"
            proofs.append(Proof(statement, PROVED, reason))
    return proofs


def _of_an_orbit(network: Network, region: OwnRegion, orbit: ClosedOrbit, cells: int) -> Proof:
    """Prove that an orbit is the only one in an annulus, run backwards where it repels."""
    states, word = orbit.states / region.units, "attracting"
    if orbit.attracting is False:
        network, states, word = reversed_in_time(network), states.flip(0), "repelling"
    statement = (
        f"exactly one closed orbit, {word}, lies in an annulus around that of period "
        f"{figures(orbit.period)}"
    )
    if orbit.attracting is None:
        return Proof(statement, UNDECIDED, "it neither attracts nor repels")
    found = attracting_cycle(network, states, orbit.period, cells)
    if found.annulus is None:
        return Proof(statement, UNDECIDED, found.reason + _in(region))
    shortest, longest = found.period
    reason = f"{found.reason}; its period lies between {at_least(shortest, 7)} and "
    curves = found.annulus.left * region.units, found.annulus.right * region.units
    return Proof(statement, PROVED, reason + at_most(longest, 7), curves)


def _of_no_orbit(network: Network, region: OwnRegion, cells: int) -> Proof:
    found: Certificate = no_closed_orbit(network, region.box, cells)
    verdict = PROVED if found.verdict == PROVED else UNDECIDED
    return Proof("there is no closed orbit in U", verdict, found.reason + _in(region))


def _in(region: OwnRegion) -> str:
    """Tell what the points of a reason are measured in."""
    if (region.units == 1).all():
        return ""
    return f" (in the units {point(region.units.tolist())})"


def _of_a_ball(network: Network, region: OwnRegion, x: Tensor) -> Proof:
    statement = f"every trajectory that starts near enough to {point(x)} tends to an equilibrium"
    ball = contracting_ball_of_flow(network, x / region.units, _CELLS_OF_A_BALL)
    if not ball.radius:
        reason = f"with {_CELLS_OF_A_BALL} cells no ball around it was found to contract"
        return Proof(statement, UNDECIDED, reason)
    axes = (ball.inner_radius * region.units).tolist()
    near = (
        f"within {at_least(axes[0])} of {point(x)}"
        if region.one_unit
        else f"in the ellipsoid with the half axes {listed(list(map(at_least, axes[:4])))} "
        f"around {point(x)}"
    )
    statement = f"every trajectory that starts {near} tends to an equilibrium there"
    return Proof(
        statement, PROVED, f"it contracts there at the rate {at_least(ball.contraction)} or faster"
    )
