"""The answers about a user's recurrent network in plain sentences, the most important first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from neural_spectra.studies.own.numbers_in_sentences import at_most, figures, listed, with_error
from neural_spectra.studies.own.skew_matrix import (
    DAMPED,
    NEARLY_SKEW,
    SIMILAR,
    SKEW,
    WEIGHTED,
    ZERO,
)
from neural_spectra.studies.own.wording import counted, judged

_FORMS = {"sigma(A x)": "ẋ = σ(A x)", "A sigma(x)": "ẋ = A σ(x)"}


def sentences(name: str, answers: Mapping[str, Any]) -> list[str]:
    """Say what was read, how skew the matrix is, what is conserved, what orbits do, and Euler's."""
    return [
        _read(name, answers),
        _matrix(answers["matrix"]),
        _spectrum(answers["matrix"]),
        *_invariant(answers),
        _orbits(answers["orbits"]),
        *_exponent(answers["exponents"]),
        _saturation(answers["saturation"][0]),
        *_bound(answers["bounds"]["C"]),
        *map(judged, answers["certificates"]),
        *_drift(answers["drift"]),
        *_euler(answers),
    ]


def _read(name: str, answers: Mapping[str, Any]) -> str:
    network = answers["network"]
    units = counted(network["dimension"], "unit")
    form = _FORMS[network["form"]]
    return f"{name} is read as {form} with {units}, σ = {network['activation'][0]}."


def _matrix(matrix: Mapping[str, Any]) -> str:
    kind, relative = matrix["kind"], matrix["distance_relative"]
    if kind == ZERO:
        return "All entries of A are 0."
    away = (
        f"‖(A + Aᵀ)/2‖ = {figures(matrix['distance_absolute'])} in the Frobenius norm, "
        f"{figures(100 * relative, 2)} % of ‖A‖"
    )
    if kind == SKEW:
        return f"A is skew-symmetric up to rounding: {away}."
    damping = matrix["damping"]
    besides = "a damping γ" if damping > 0 else "a growth rate"
    told = {
        DAMPED: f"A is skew-symmetric but for {besides} = {figures(abs(damping))}",
        WEIGHTED: "A is skew-symmetric up to positive weights of the units, which does as well",
        NEARLY_SKEW: "A is nearly skew-symmetric, and not quite",
        SIMILAR: (
            "A is similar to a skew-symmetric matrix, so that the linear network oscillates for "
            "ever; with a nonlinear σ it need not"
        ),
    }
    return f"{told.get(kind, 'A is not skew-symmetric')}: {away}."


def _spectrum(matrix: Mapping[str, Any]) -> str:
    real, imag = matrix["eigenvalues_real"], matrix["eigenvalues_imag"]
    fastest = max(abs(value) for value in imag)
    turning = f"Its fastest eigenvalue turns at {figures(fastest)} rad per unit of time"
    told = turning if fastest else "None of its eigenvalues turns"
    told += f", and the largest real part of one is {figures(max(real))}"
    kernel = matrix["kernel_dimension"]
    if kernel:
        told += f"; its kernel has {counted(kernel, 'dimension')}"
        if kernel == 1 and len(real) % 2:
            told += ", as for every odd n" if matrix["kind"] == SKEW else ""
    return f"{told}."


def _invariant(answers: Mapping[str, Any]) -> list[str]:
    invariant, name = answers["invariant"], answers["network"]["activation"][0]
    formula = invariant["formula"]
    if not invariant["conserved"]:
        low, high = answers["matrix"]["symmetric_part_range"]
        said = [
            f"{formula}, is not conserved: it changes at a rate between {figures(low)} and "
            f"{figures(high)} times |σ|²."
        ]
    else:
        said = [f"{formula}, is conserved by the flow for every activation."]
        if invariant["potential_unbounded"] and invariant["sign_condition"]:
            said.append(f"For {name} its levels are closed: Φ grows without bound, z σ(z) > 0.")
        else:
            why = [] if invariant["sign_condition"] else ["σ(z) does not have the sign of z"]
            why += [] if invariant["potential_unbounded"] else ["Φ has a finite limit or falls"]
            said.append(f"For {name} its levels need not be closed: {listed(why)}.")
    if invariant["linear"]:
        count = len(invariant["linear"])
        stay = "stays as it is" if count == 1 else "stay as they are"
        said.append(f"{counted(count, 'linear function')} v·x with vᵀA = 0 {stay}, too.")
    return said


def _orbits(orbits: list[Any]) -> str:
    by_status: dict[str, list[Any]] = {}
    for orbit in orbits:
        by_status.setdefault(orbit["status"], []).append(orbit)
    parts = []
    for status, some in by_status.items():
        sizes = listed([f"{orbit['size']:g}" for orbit in some])
        times = listed([_time(orbit) for orbit in some if orbit["period"]])
        parts.append(
            {
                "closed": f"those from arguments of size {sizes} close after T = {times}",
                "at rest": f"those from arguments of size {sizes} stay at rest",
                "blows up": f"those from arguments of size {sizes} grow too fast to be followed",
                "not closed": f"those from arguments of size {sizes} have not closed by t = "
                f"{figures(some[0]['followed_for'])}{_nearest(some)}",
            }[status]
        )
    return f"Of {len(orbits)} orbits {'; '.join(parts)}."


def _time(orbit: Mapping[str, Any]) -> str:
    period, exact = orbit["period"], orbit["exact_period"]
    return figures(period, 6) + (f" (exactly {figures(exact, 6)})" if exact else "")


def _nearest(orbits: list[Any]) -> str:
    known = [o["return_distance"] for o in orbits if o["return_distance"] is not None]
    if not known:
        return ""
    return f" (the nearest return misses by {figures(100 * min(known), 2)} % of the extent)"


def _exponent(exponents: list[Any]) -> list[str]:
    known = [found for found in exponents if found["value"] is not None]
    if not known:
        return []
    largest = max(known, key=lambda found: found["value"])
    value, error = largest["value"], largest["error"] or 0.0
    told = f"The largest Lyapunov exponent is {with_error(value, error)}"
    if abs(value) <= max(4 * error, 1e-3):
        return [f"{told}: not to be told from 0, no chaos is seen."]
    if value > 0:
        return [f"{told}: small differences double in t = {figures(math.log(2) / value, 2)}."]
    return [f"{told}: orbits come to rest or to a cycle."]


def _saturation(layer: Mapping[str, Any]) -> str:
    return (
        f"Along these orbits {100 * layer['share_below_0.1']:.0f} % of the slopes are below a "
        f"tenth of the steepest, and {100 * layer['share_below_0.01']:.0f} % below a hundredth."
    )


def _bound(bound: float | None) -> list[str]:
    return [] if bound is None else [f"‖Df‖ is at most ‖A‖ sup|σ′| = {at_most(bound)} everywhere."]


def _drift(rows: list[Any]) -> list[str]:
    finest = {row["integrator"]: row for row in rows}
    known = {name: row for name, row in finest.items() if row["drift"] is not None}
    if not any(row["drift"] for row in known.values()):
        return []
    parts = [f"{figures(row['drift'], 2)} with {name}" for name, row in known.items()]
    per_turn = next(iter(known.values()))["steps_per_turn"]
    return [
        f"In five turns of {per_turn} steps E comes to differ from the flow's, relative to its "
        f"start, by {listed(parts)}."
    ]


def _euler(answers: Mapping[str, Any]) -> list[str]:
    euler, matrix = answers["euler"], answers["matrix"]
    stable, gentle = euler["largest_stable_step"], euler["step_for_1_percent_per_turn"]
    said = []
    if stable:
        said.append(f"Euler's method lets small states die away for steps below {figures(stable)}.")
    elif stable == 0:
        said.append("Euler's method makes small states grow at every step, however short it is.")
    if gentle:
        said.append(f"It changes E by 1 % in a turn at the step {figures(gentle)}.")
    shown = [row for row in euler["steps"] if row["damping_needed"] is not None]
    if shown and max(map(abs, matrix["eigenvalues_imag"])) > 0:
        row = shown[len(shown) // 2]
        said.append(
            f"At the step {figures(row['step'])} a damping of {figures(row['damping_needed'])} "
            f"would be needed lest it make a limit cycle of its own."
        )
    return said
