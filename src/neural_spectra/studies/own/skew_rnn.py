"""The analysis of a user's recurrent network ẋ = σ(A x) or ẋ = A σ(x)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.networks.recurrent_networks import RecurrentNetwork
from neural_spectra.studies.own.analysis import Analysis
from neural_spectra.studies.own.map_saturation import DEEP, SHALLOW, share_below
from neural_spectra.studies.own.potentials import with_potential
from neural_spectra.studies.own.skew_integrators import (
    drift_table,
    euler_table,
    largest_stable_step,
    slope_at_rest,
    step_for_one_percent,
)
from neural_spectra.studies.own.skew_matrix import MatrixFacts, facts_of
from neural_spectra.studies.own.skew_orbits import (
    SIZES,
    SkewOrbit,
    energy,
    exponents_of,
    follow_orbit,
    starts_of,
)
from neural_spectra.studies.own.skew_proofs import Invariant, invariant_of, proofs_of
from neural_spectra.studies.own.skew_sentences import sentences
from neural_spectra.studies.own.wording import plain

# The start whose orbit the integrators follow.
_MIDDLE = SIZES.index(1.0)


def analyse_skew_rnn(
    matrix: np.ndarray,
    *,
    activation: str,
    form: str,
    name: str,
    settings: Mapping[str, Any] | None = None,
) -> Analysis:
    """Analyse a recurrent network with a matrix that is meant to be skew-symmetric.

    Parameters
    ----------
    matrix
        A, shape (n, n).
    activation
        The name of σ.
    form
        "sigma(A x)" or "A sigma(x)".
    name
        What it is called in the sentences.
    settings
        ``seed``, of the starts and of the vectors that exponents are found with; 0 if left out.

    Raises
    ------
    InputError
        If the matrix, the activation or the form cannot be used.

    Examples
    --------
    >>> a = np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> found = analyse_skew_rnn(a, activation="tanh", form="sigma(A x)", name="pair")
    >>> found.answers["matrix"]["kind"]
    'skew-symmetric'
    """
    seed = int((settings or {}).get("seed", 0))
    facts = facts_of(np.asarray(matrix))
    network = RecurrentNetwork(facts.matrix, with_potential(scalar_activation(activation)), form)
    invariant = invariant_of(network, facts)
    starts = starts_of(network, seed)
    orbits = [follow_orbit(network, facts, *pair) for pair in zip(starts, SIZES, strict=True)]
    told = [_orbit(network, facts, orbit) for orbit in orbits]
    exponents = []
    if any(orbit["status"] not in ("closed", "at rest") for orbit in told):
        found = exponents_of(network, facts, starts, seed)
        exponents = [
            {"size": size, "value": value, "error": error}
            for size, value, error in zip(SIZES, *found, strict=True)
        ]
    drift = drift_table(network, facts, starts[_MIDDLE])
    euler = euler_table(network, facts, starts[_MIDDLE])
    n = len(facts.matrix)
    answers = {
        "network": {
            "name": name,
            "kind": "skew-rnn",
            "dimension": n,
            "layers": [n, n],
            "activation": [activation],
            "dtype": str(np.asarray(matrix).dtype),
            "form": form,
        },
        "verified": None,
        "matrix": _matrix(facts),
        "equilibria": _equilibria(network, facts),
        "invariant": _invariant(network, facts, invariant),
        "orbits": told,
        "exponents": exponents,
        "saturation": _saturation(network, orbits),
        "bounds": _bounds(network, facts),
        "certificates": [asdict(proof) for proof in proofs_of(network, facts, invariant)],
        "drift": drift.to_dict("records"),
        "euler": {
            "largest_stable_step": largest_stable_step(network, facts),
            "step_for_1_percent_per_turn": step_for_one_percent(euler),
            "steps": euler.to_dict("records"),
        },
    }
    answers = plain(answers)
    answers["sentences"] = sentences(name, answers)
    values = facts.eigenvalues
    tables = {
        "skew_spectrum": pd.DataFrame({"real": values.real, "imag": values.imag}),
        "skew_orbits": _orbits_table(network, facts, orbits),
        "skew_drift": drift,
        "skew_euler": euler,
    }
    return Analysis(answers, tables, _residuals(facts, orbits, told, drift))


def _matrix(facts: MatrixFacts) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "norm": facts.norm,
        "distance_absolute": facts.distance,
        "distance_relative": facts.relative_distance,
        "damping": facts.damping,
        "eigenvalues_real": facts.eigenvalues.real,
        "eigenvalues_imag": facts.eigenvalues.imag,
        "symmetric_part_range": list(facts.symmetric_range),
        "kernel_dimension": len(facts.kernel),
        "kernel": facts.kernel,
    }


def _equilibria(network: RecurrentNetwork, facts: MatrixFacts) -> list[dict[str, Any]]:
    """Return the one at 0, if σ(0) = 0; others can lie in the kernel."""
    slope = slope_at_rest(network)
    if math.isnan(slope):
        return []
    rates = slope * facts.eigenvalues
    growing, dying = (rates.real > 0).any(), (rates.real < 0).all()
    return [
        {
            "point": np.zeros(len(rates)),
            "eigenvalues_real": rates.real,
            "eigenvalues_imag": rates.imag,
            "stable": False if growing else True if dying else None,
        }
    ]


def _invariant(
    network: RecurrentNetwork, facts: MatrixFacts, invariant: Invariant
) -> dict[str, Any]:
    linear = network.form == "A sigma(x)" and len(facts.left_kernel) > 0
    return {
        "formula": invariant.formula,
        "conserved": invariant.conserved,
        "weights": facts.weights,
        "linear": facts.left_kernel if linear else [],
        "bounds_orbits": invariant.holds_orbits,
        "highest_closed_level": invariant.highest_level,
        **invariant.properties._asdict(),
    }


def _orbit(network: RecurrentNetwork, facts: MatrixFacts, orbit: SkewOrbit) -> dict[str, Any]:
    level = energy(network, facts.weights, orbit.states)
    scale = abs(float(level[0])) or 1.0
    status = "blows up" if orbit.blows_up else "closed" if orbit.period > 0 else "not closed"
    still = float(np.ptp(orbit.states, axis=0).max()) == 0
    closed = status == "closed" and not still
    turned = orbit.times <= orbit.period if closed else np.zeros(len(orbit.times), bool)
    divergence = np.trace(network.jacobian(orbit.states[turned]), axis1=-2, axis2=-1)
    ln_det = np.trapezoid(divergence, orbit.times[turned]) if closed else math.nan
    bound = float(np.linalg.norm(facts.matrix, ord=2)) * network.activation.lipschitz
    return {
        "status": "at rest" if still else status,
        "size": orbit.size,
        "point": orbit.states[0],
        "level": level[0],
        "period": orbit.period,
        "exact_period": orbit.exact_period,
        "return_distance": orbit.return_distance,
        # One of a family: where E is conserved, a neighbour keeps its own level.
        "attracting": False if closed and facts.weights is not None else None,
        "ln_det": ln_det,
        "ln_moduli": [],
        "error_estimates": [],
        "bound_period": bound * orbit.period,
        "followed_for": orbit.times[-1],
        "energy_change": float((level[-1] - level[0]) / scale),
        "energy_spread": float(np.ptp(level) / scale),
    }


def _saturation(network: RecurrentNetwork, orbits: list[SkewOrbit]) -> list[dict[str, Any]]:
    """Return the shares of slopes along the orbits, of the only layer there is."""
    sigma = network.activation
    states = np.concatenate([orbit.states for orbit in orbits])
    slopes = np.abs(sigma.slope(network.preactivation(states)))
    steepest = sigma.lipschitz if math.isfinite(sigma.lipschitz) else float(slopes.max() or 1.0)
    shares = {
        f"share_below_{limit}": share_below(slopes / steepest, limit) for limit in (DEEP, SHALLOW)
    }
    layer = {"layer": 1, "activation": sigma.name, "units": slopes.shape[-1], "delta": None}
    return [layer | shares]


def _bounds(network: RecurrentNetwork, facts: MatrixFacts) -> dict[str, Any]:
    """Return the bound ‖A‖ sup|σ'| on ‖Df‖, which holds everywhere."""
    bound = float(np.linalg.norm(facts.matrix, ord=2)) * network.activation.lipschitz
    nothing = dict.fromkeys(("region", "refined", "jacobian", "logarithmic_norm"))
    return nothing | {"C": bound}


def _orbits_table(
    network: RecurrentNetwork, facts: MatrixFacts, orbits: list[SkewOrbit]
) -> pd.DataFrame:
    """Return size, t, x, y, energy (relative change of E), of the two units that move most."""
    moved = np.ptp(np.concatenate([orbit.states for orbit in orbits]), axis=0)
    first, second = [*np.argsort(-moved, kind="stable"), 0][:2]
    if len(moved) == 2:
        first, second = 0, 1
    labels = {"x_label": f"x_{first + 1}", "y_label": f"x_{second + 1}"}
    tables = []
    for orbit in orbits:
        level = energy(network, facts.weights, orbit.states)
        columns = {
            "size": orbit.size,
            "t": orbit.times,
            "x": orbit.states[:, first],
            "y": orbit.states[:, second],
            "energy": (level - level[0]) / (abs(float(level[0])) or 1.0),
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True).assign(**labels)


def _residuals(
    facts: MatrixFacts, orbits: list[SkewOrbit], told: list[dict[str, Any]], drift: pd.DataFrame
) -> dict[str, dict[str, float]]:
    """Return what tells how far to trust the tables."""
    errors = [
        abs(orbit.period / orbit.exact_period - 1)
        for orbit in orbits
        if math.isfinite(orbit.period) and math.isfinite(orbit.exact_period)
    ]
    found = {"period_error": max(errors)} if errors else {}
    residuals: dict[str, dict[str, float]] = {"skew_orbits": found}
    if facts.weights is not None:
        found["energy_drift"] = max(orbit["energy_spread"] for orbit in told)
        exact = drift[drift["integrator"] == "average vector field"]["drift"]
        if len(exact):
            residuals["skew_drift"] = {"average_vector_field_drift": float(exact.max())}
    return residuals
