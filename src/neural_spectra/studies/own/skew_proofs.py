"""What theory proves of a user's recurrent network: its invariants, bounded and closed orbits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from neural_spectra.flows.skew_symmetry_theory import (
    ActivationProperties,
    activation_properties,
    highest_closed_level,
)
from neural_spectra.networks.recurrent_networks import RecurrentNetwork
from neural_spectra.studies.own.map_certificates import PROVED, REFUSED, UNDECIDED, Proof
from neural_spectra.studies.own.numbers_in_sentences import figures
from neural_spectra.studies.own.skew_matrix import MatrixFacts

# Where σ′ is looked at for its sign.
_ARGUMENTS = np.linspace(-50.0, 50.0, 2001)
CONSERVED = "the energy E is conserved"
BOUNDED = "every orbit stays bounded"
CLOSED = "every orbit that does not rest is closed"


@dataclass(frozen=True)
class Invariant:
    """The sum E of potentials, and whether the flow conserves it.

    Parameters
    ----------
    formula
        E in plain text.
    conserved
        Whether it is.
    properties
        Of the activation.
    highest_level
        Level sets below this are closed, if z σ(z) > 0: for a pair of units.
    """

    formula: str
    conserved: bool
    properties: ActivationProperties
    highest_level: float

    @property
    def holds_orbits(self) -> bool:
        """Whether a level of E bounds the arguments of σ."""
        return self.conserved and self.properties.potential_unbounded


def invariant_of(network: RecurrentNetwork, facts: MatrixFacts) -> Invariant:
    """Name E, and say whether the flow conserves it for this matrix: whatever σ is."""
    argument = "xᵢ" if network.form == "A sigma(x)" else "(A x)ᵢ"
    weighted = facts.weights is not None and not np.allclose(facts.weights, facts.weights[0])
    formula = f"E = Σ {'wᵢ ' * weighted}Φ({argument}), Φ′ = σ"
    sigma = network.activation
    return Invariant(
        formula,
        facts.weights is not None,
        activation_properties(sigma),
        highest_closed_level(sigma),
    )


def proofs_of(
    network: RecurrentNetwork, facts: MatrixFacts, invariant: Invariant
) -> Iterator[Proof]:
    """Say what follows from the matrix and the activation, with the reason."""
    yield _conserved(facts)
    yield _bounded(network, facts, invariant)
    yield _closed(network, facts, invariant)


def _conserved(facts: MatrixFacts) -> Proof:
    if facts.weights is not None:
        return Proof(CONSERVED, PROVED, "dE/dt = σᵀ A σ is 0 for every activation")
    low, high = facts.symmetric_range
    window = f"dE/dt = σᵀ A σ is between {figures(low)} |σ|² and {figures(high)} |σ|²"
    return Proof(CONSERVED, REFUSED, window)


def _bounded(network: RecurrentNetwork, facts: MatrixFacts, invariant: Invariant) -> Proof:
    grows = invariant.properties.potential_unbounded
    falls = facts.symmetric_range[1] <= 0
    if not facts.norm and not network(np.zeros(len(facts.matrix))).any():
        return Proof(BOUNDED, PROVED, "nothing moves")
    if not grows:
        return Proof(BOUNDED, UNDECIDED, "Φ does not grow without bound")
    if not (invariant.conserved or falls):
        return Proof(BOUNDED, UNDECIDED, "E is neither conserved nor falls")
    if network.form == "sigma(A x)" and len(facts.kernel):
        return Proof(BOUNDED, UNDECIDED, "E bounds A x, but not the part of x in the kernel of A")
    how = "is conserved" if invariant.conserved else "never rises"
    return Proof(BOUNDED, PROVED, f"E {how}, and Φ grows without bound")


def _closed(network: RecurrentNetwork, facts: MatrixFacts, invariant: Invariant) -> Proof:
    n, properties = len(facts.matrix), invariant.properties
    low, high = facts.symmetric_range
    if not facts.norm:
        return Proof(CLOSED, UNDECIDED, "A is 0")
    if not invariant.conserved:
        if low > 0 or high < 0:
            way = "rises" if low > 0 else "falls"
            return Proof(CLOSED, REFUSED, f"E {way} along every orbit that moves")
        return Proof(CLOSED, UNDECIDED, "E is not conserved")
    if not properties.sign_condition:
        return Proof(CLOSED, UNDECIDED, "σ(z) does not have the sign of z")
    if n == 2 and properties.potential_unbounded:
        return Proof(CLOSED, PROVED, "n = 2, z σ(z) > 0, and Φ grows without bound")
    if n == 2:
        limit = figures(invariant.highest_level)
        return Proof(CLOSED, UNDECIDED, f"levels are closed only where Φ stays below {limit}")
    monotone = bool((network.activation.slope(_ARGUMENTS) >= 0).all())
    if n == 3 and properties.potential_unbounded and monotone:
        return _closed_sections(network, properties)
    return Proof(CLOSED, UNDECIDED, f"n = {n}: theory closes orbits of two or three units only")


def _closed_sections(network: RecurrentNetwork, properties: ActivationProperties) -> Proof:
    """Return what is known of n = 3, where z stays in a plane v·z = const on a convex level set.

    In the form σ(A x) that is said of z = A x; x moves along the kernel by ∫ v·σ(z), which an odd σ
    makes 0: the orbit of z is symmetric about 0.
    """
    if network.form == "A sigma(x)":
        return Proof(CLOSED, PROVED, "n = 3: v·x = const cuts a convex level set of E in a curve")
    if properties.odd:
        return Proof(CLOSED, PROVED, "n = 3: A x runs on a closed curve, and an odd σ has no drift")
    return Proof(CLOSED, UNDECIDED, "n = 3: A x is closed, but x may drift along the kernel of A")
