"""The analysis of a field in plain sentences, the most important first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from neural_spectra.flows.floquet_multipliers import Method
from neural_spectra.studies.own.attractors import FAMILY, LEAVES, UNDECIDED, Behaviour, Goal
from neural_spectra.studies.own.closed_orbits import ClosedOrbit
from neural_spectra.studies.own.equilibria import Equilibrium
from neural_spectra.studies.own.exponents import Wandering
from neural_spectra.studies.own.numbers_in_sentences import (
    at_least,
    at_most,
    figures,
    listed,
    percent,
    point,
    with_error,
)
from neural_spectra.studies.own.proofs import Proof
from neural_spectra.studies.own.regions_of_flows import BoundsOfRegion, OwnRegion
from neural_spectra.studies.own.wording import in_words

_MOST_NAMED = 4
_NOTHING = 1e-10  # of the sizes of the states
NO_LAYERS = (
    "Saturation, bounds and certificates need the layers of a network and ranges of its "
    "activations: this field has none that are known, so there are none; all else comes from "
    "automatic differentiation."
)
_METHODS = {
    Method.EIGENVALUES: "eigenvalues of M",
    Method.QR: "QR over segments",
    Method.PERIODIC_SCHUR: "periodic Schur form",
    Method.LIOUVILLE: "Liouville's integral",
    Method.UNRESOLVED: "not resolved",
}


def of_the_network(name: str, understood: Mapping[str, Any], verified: bool | None) -> list[str]:
    """Tell what was read."""
    layers = understood.get("layers") or []
    activations = list(dict.fromkeys(understood.get("activation") or []))
    what = f"a vector field in {in_words(understood['dimension'], 'dimension')}"
    if layers:
        what += f", a network {'-'.join(map(str, layers))} with {listed(activations)}"
    if understood.get("dtype"):
        what += f", stored in {understood['dtype']}"
    checked = {
        True: "It was checked: it gives the stored outputs for the stored inputs.",
        False: "It does not give the stored outputs for the stored inputs.",
        None: "Whether it is the field that was meant was not checked: no pairs of inputs and "
        "outputs came with it.",
    }
    return [f"{name} is {what}.", checked[verified]]


def of_the_behaviour(behaviour: Behaviour, wandering: Wandering | None) -> list[str]:
    """Tell what the field does."""
    return [
        _of_equilibria(behaviour),
        *_of_orbits(behaviour),
        *_of_what_goes_on(behaviour, wandering),
        _of_basins(behaviour),
    ]


def of_saturation(saturation: pd.DataFrame, units: pd.DataFrame, along: str) -> list[str]:
    """Tell which units are saturated along a path and over U."""
    sentences = []
    for _, rows in saturation.groupby("layer"):
        by_place = {row["place"]: row for row in rows.to_dict("records")}
        there, region = by_place[along], by_place["region"]
        sentences.append(
            f"In hidden layer {there['layer']} ({there['units']} units) |σ′| is below a tenth of "
            f"its supremum for {percent(there['share_below_0.1'])} of units and times along "
            f"{_path(along)} (below a hundredth: {percent(there['share_below_0.01'])}), and for "
            f"{percent(region['share_below_0.1'])} over U; its supremum over U is at most "
            f"δ = {at_most(region['delta'])}."
        )
    stuck = units[units["never_leaves"]]
    if stuck.empty:
        sentences.append("No unit is proved to stay saturated in all of U.")
    for layer, rows in stuck.groupby("layer"):
        named = listed([str(unit) for unit in rows["unit"].head(_MOST_NAMED)])
        more = f" and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else ""
        sentences.append(
            f"{in_words(len(rows), 'unit')} of hidden layer {layer} never "
            f"{'leaves' if len(rows) == 1 else 'leave'} saturation in U: {named}{more}."
        )
    return sentences


def of_bounds(region: OwnRegion, bounds: BoundsOfRegion, orbit: ClosedOrbit | None) -> list[str]:
    """Tell what the papers' bounds say, and what they exclude."""
    measured = ""
    if not region.one_unit:
        measured = f", with coordinates measured in the units {point(region.units.tolist())}"
    sentences = [
        f"U is {region.description}, from {point(region.lower.tolist())} to "
        f"{point(region.upper.tolist())}{measured}.",
        f"On U the papers' bound is C = {at_most(bounds.bound)}, the refined one C̃ = "
        f"{at_most(bounds.refined)}, and ‖Df‖ itself is at most {at_most(bounds.jacobian)}.",
    ]
    shortest = at_least(2 * math.pi / bounds.bound)
    if len(region.units) == 1:
        sentences.append("A field in one dimension has no closed orbit that C could say more of.")
        return sentences
    if orbit is None:
        sentences.append(f"C excludes closed orbits in U with a period below 2π/C = {shortest}.")
        return sentences
    width = bounds.bound * orbit.period
    logs = [value for value in orbit.multipliers.log_modulus.tolist() if math.isfinite(value)]
    largest = max(map(abs, logs), default=math.nan)
    sentences.append(
        f"Along the closed orbit of period {figures(orbit.period)} C·T = {figures(width)}, where "
        f"every closed orbit has at least 2π = 6.28: all ln|μ| lie between −{figures(width)} and "
        f"{figures(width)}."
    )
    excluded = (
        f"a contraction faster than e^(−{figures(width)}) a turn and periods below "
        f"2π/C = {shortest}"
    )
    if width > 2 * largest:
        sentences.append(
            f"That excludes nothing that was in doubt: only {excluded}; the largest |ln|μ|| is "
            f"{figures(largest)}."
        )
    else:
        sentences.append(f"That excludes {excluded}; the largest |ln|μ|| is {figures(largest)}.")
    return sentences


def of_proofs(proofs: list[Proof]) -> list[str]:
    """Tell what is proved, and what could not be decided."""
    return [f"{each.verdict.capitalize()}: {each.statement}; {each.reason}." for each in proofs]


def of_changes(sweep: pd.DataFrame, swaps: pd.DataFrame, kinks: bool) -> Iterator[str]:
    """Tell what another scale or another activation would make of it."""
    orbits = sweep[sweep["does"] == "closed orbit"]
    scales = listed([figures(s) for s in sweep["s"]])
    if kinks:
        yield (
            "Other scales of the pre-activations were left out: a search across the kinks of this "
            "activation takes minutes for each."
        )
    elif orbits.empty:
        yield f"With all pre-activations times s no closed orbit was seen at s = {scales}."
    else:
        yield (
            "With all pre-activations times s, "
            + "; ".join(
                f"at s = {figures(row['s'])} "
                + (
                    f"a closed orbit has the period {figures(row['period'])} and ln det M = "
                    f"{figures(row['ln_det'])} (C·T = {figures(row['bound_period'])})"
                    if row["does"] == "closed orbit"
                    else _CHANGED[row["does"]]
                )
                for row in sweep.to_dict("records")
            )
            + "."
        )
    own, others = swaps[swaps["own"]].iloc[0], swaps[~swaps["own"]].sort_values("C")
    named = [f"{row['activation']} {at_most(row['C'])}" for row in others.to_dict("records")]
    yield (
        f"With the same weights and another activation the bound C on U would be, instead of "
        f"{at_most(own['C'])} with {own['activation']}: {listed(named)}."
    )


_CHANGED = {
    "equilibrium": "trajectories come to rest",
    "leaves": "trajectories leave every ball",
    "family of closed orbits": "there is a family of closed orbits",
    "wanders": "trajectories neither close nor come to rest in the time watched",
}


def _of_equilibria(behaviour: Behaviour) -> str:
    found = behaviour.equilibria
    if not found:
        return "No equilibrium was found where it was looked for."
    named = []
    for rest in found[:_MOST_NAMED]:
        article = "an" if rest.kind.startswith("unstable") else "a"
        real = listed([figures(value) for value in sorted(set(rest.eigenvalues.real.tolist()))])
        place = f"{article} {rest.kind} at {_at(behaviour, rest)}"
        named.append(f"{place} (eigenvalues with the real parts {real})")
    more = f", and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    head = in_words(len(found), "equilibrium", "equilibria")
    return f"It has {head}: {'; '.join(named)}{more}."


def _of_orbits(behaviour: Behaviour) -> Iterator[str]:
    if FAMILY in behaviour.goals:
        family = [orbit for orbit in behaviour.orbits if orbit.neutral]
        periods = [orbit.period for orbit in family]
        yield (
            f"Trajectories lie on a family of closed orbits that neither attract nor repel; "
            f"{len(family)} of them have periods from {figures(min(periods), 6)} to "
            f"{figures(max(periods), 6)}."
        )
    for orbit in behaviour.orbits:
        if not (orbit.neutral and FAMILY in behaviour.goals):
            yield _of_orbit(orbit)


def _of_orbit(orbit: ClosedOrbit) -> str:
    word = {
        True: "attracts",
        False: "repels, in one direction at least",
        None: "neither attracts nor repels",
    }
    found = orbit.multipliers
    logs = [
        f"{figures(value if abs(value) > 3 * error else 0.0)} "
        f"(± {figures(error, 1)}, {_METHODS[Method(method)]})"
        if math.isfinite(value)
        else "one too small to be resolved"
        for value, error, method in zip(
            found.log_modulus.tolist()[: _MOST_NAMED + 2],
            found.error_estimate.tolist(),
            found.method.tolist(),
            strict=False,
        )
    ]
    return (
        f"A closed orbit of period {figures(orbit.period, 6)} and amplitude "
        f"{point(orbit.amplitude.tolist())} {word[orbit.attracting]}: ln|μ| = {listed(logs)}; "
        f"by Liouville's formula ln det M = {figures(orbit.log_determinant, 6)}."
    )


def _of_what_goes_on(behaviour: Behaviour, wandering: Wandering | None) -> Iterator[str]:
    if LEAVES in behaviour.goals:
        share = behaviour.goals.count(LEAVES)
        yield (
            f"{share} of {len(behaviour.goals)} trajectories leave every ball that was looked at."
        )
    if wandering is None:
        return
    found = wandering.exponents
    exponents = [
        with_error(0.0 if zero else value, error)
        for value, error, zero in zip(
            found.mean.tolist(), found.error.tolist(), wandering.vanishing.tolist(), strict=True
        )
    ][:_MOST_NAMED]
    meaning = {
        "chaos": "chaos: the largest is positive by more than three errors",
        "torus": "more than one of them vanishes within its error, as in quasi-periodic motion and "
        "at bifurcations",
        "nearly closed": "as on a closed orbit, one vanishes within its error: they nearly close",
        "settling": "none vanishes: they may still be coming to rest",
    }
    yield (
        f"Trajectories that neither close nor come to rest have the Lyapunov exponents "
        f"{listed(exponents)} ({meaning[wandering.kind]}; {wandering.trajectories} trajectories "
        f"over a time of {figures(wandering.duration)} each)."
    )


def _of_basins(behaviour: Behaviour) -> str:
    counts: Counter[Goal] = Counter(behaviour.goals)
    parts = [f"{count} {_goes(behaviour, goal)}" for goal, count in counts.most_common()]
    return (
        f"Of {in_words(len(behaviour.goals), 'trajectory', 'trajectories')} started in "
        f"{behaviour.place.origin}, {listed(parts)}."
    )


def _goes(behaviour: Behaviour, goal: Goal) -> str:
    if goal.kind == "equilibrium":
        return f"tended to {_at(behaviour, behaviour.equilibria[goal.number])}"
    if goal.kind == "orbit":
        period = figures(behaviour.orbits[goal.number].period)
        return f"ran onto the closed orbit of period {period}"
    return {
        LEAVES: "left",
        FAMILY: "lay on closed orbits of the family",
        UNDECIDED: "neither closed nor came to rest",
    }[goal]


def _at(behaviour: Behaviour, rest: Equilibrium) -> str:
    """Return where an equilibrium is, without what Newton's method leaves of a 0."""
    counts = rest.point.abs() > _NOTHING * behaviour.place.sizes
    return point(rest.point.where(counts, 0.0).tolist())


def _path(along: str) -> str:
    return "the closed orbit" if along.startswith("orbit") else "what trajectories do"
