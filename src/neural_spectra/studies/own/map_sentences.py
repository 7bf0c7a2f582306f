"""The answers about a user's map in plain sentences, the most important first."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from neural_spectra.maps.attractor_classes import ZERO_EXPONENT
from neural_spectra.studies.own.map_dynamics import MOST_CYCLES
from neural_spectra.studies.own.numbers_in_sentences import (
    at_most,
    figures,
    listed,
    point,
    with_error,
)
from neural_spectra.studies.own.wording import counted, judged

_LISTED = 3
ATTRACTORS = {
    "single point": "all orbits tend to one fixed point",
    "multiple points": "every orbit tends to a fixed point, and which depends on its start",
    "line": "orbits tend to fixed points that fill a line",
    "periodic": "orbits end on cycles",
    "quasi-periodic": "orbits go round for ever without closing",
    "chaotic": "orbits are chaotic",
    "diverging from some starts": "some orbits escape to infinity, and others do not",
    "diverging": "all orbits escape to infinity",
}


def sentences(name: str, answers: Mapping[str, Any]) -> list[str]:
    """Say what was read, what the map does, what is saturated, bounded and proved, and what if."""
    return [
        _read(name, answers),
        *_orbits(answers),
        *_cycles(answers),
        *_affine(answers),
        *_saturation(answers),
        _bounds(answers),
        *map(judged, answers["certificates"]),
        *_changes(answers),
    ]


def verification(verified: bool | None) -> str:
    """Say whether the weights were checked against values of the user's function."""
    if verified is None:
        return (
            "There are no pairs (x, f(x)) to check it against: nothing tells whether it is your "
            "function."
        )
    if verified:
        return "It agrees with the pairs (x, f(x)) that came with it."
    return "It does not agree with the pairs (x, f(x)) that came with it: it is not your function."


def _read(name: str, answers: Mapping[str, Any]) -> str:
    network = answers["network"]
    dimension, layers = network.get("dimension"), network.get("layers")
    activation, dtype = network.get("activation"), network.get("dtype")
    parts = [counted(dimension, "dimension")] if dimension else []
    parts += ["layers " + "-".join(map(str, layers))] if layers else []
    names = [activation] if isinstance(activation, str) else list(dict.fromkeys(activation or []))
    parts += [listed(names)] if names else []
    parts += [dtype] if dtype else []
    read = f"{name} is read as a map x ↦ f(x): {', '.join(parts)}." if parts else f"{name}: a map."
    return f"{read} {verification(answers['verified'])}"


def _orbits(answers: Mapping[str, Any]) -> list[str]:
    attractor = answers["attractor"]
    told = ATTRACTORS[attractor["kind"]]
    if attractor["kind"] == "periodic" and attractor["periods"]:
        told += f" of period {listed([*map(str, attractor['periods'])])}"
    told = f"From {counted(attractor['starts'], 'start')} {told}."
    if attractor["escaped"] and attractor["kind"] != "diverging":
        told += f" {counted(attractor['escaped'], 'orbit')} of them escaped."
    said = [told]
    if answers["exponents"]:
        largest = answers["exponents"][0]
        said.append(_exponent(largest["value"], largest["error"]))
    ends = [end for end in attractor["basins"] if end["share"] >= 0.005]
    if len(ends) > 1:
        parts = [f"{_end(end)} ({100 * end['share']:.0f} %)" for end in ends[: 2 * _LISTED]]
        said.append(f"On the plane that is drawn the starts end on: {listed(parts)}.")
    return said


def _exponent(value: float | None, error: float | None) -> str:
    if value is None:
        return "The largest Lyapunov exponent is −∞: the attractor is reached at once."
    told = f"The largest Lyapunov exponent is {with_error(value, error or 0.0)} per step"
    if abs(value) <= ZERO_EXPONENT:
        return f"{told}: neighbouring orbits neither part nor meet."
    doubling = f"about {figures(math.log(2) / abs(value), 2)} steps"
    if value > 0:
        return f"{told}: small differences double in {doubling}."
    return f"{told}: a small distance from the attractor halves in {doubling}."


def _end(end: Mapping[str, Any]) -> str:
    if end["point"] is None:
        return {"escapes": "nothing, they escape"}.get(end["end"], "nothing within 512 steps")
    through = "at" if end["end"] == "fixed point" else "through"
    return f"the {end['end']} {through} {point(end['point'])}"


def _cycles(answers: Mapping[str, Any]) -> list[str]:
    fixed, cycles = answers["fixed_points"], answers["cycles"]
    more = " (or more)" * (len(fixed) == MOST_CYCLES)
    found = counted(len(fixed), "fixed point", f"fixed points{more}") + " found by Newton's method"
    said = [f"{_capital(found)}{_details(fixed)}.{_indices(answers['index_sum'])}"]
    if cycles:
        lengths = sorted({cycle["period"] for cycle in cycles})
        told = f"{counted(len(cycles), 'cycle')} of period {listed([*map(str, lengths)])}"
        said.append(f"{_capital(told)}{_details(cycles)}.")
    return said


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _indices(total: int | None) -> str:
    if total is None:
        return ""
    if total == 1:
        return " Their indices add up to 1, as those of all fixed points of a bounded map must."
    return (
        f" Their indices add up to {total}, and those of all fixed points of a bounded map to 1: "
        f"some were not found, or they are not isolated."
    )


def _details(cycles: list[Any]) -> str:
    if not cycles:
        return ""
    shown = sorted(cycles, key=lambda cycle: cycle["spectral_radius"] or 0.0)[:_LISTED]
    parts = [
        f"{cycle['stability']} at {point(cycle.get('point') or cycle['points'][0])} "
        f"(largest |multiplier| {figures(cycle['spectral_radius'])})"
        for cycle in shown
    ]
    more = f" and {len(cycles) - _LISTED} more" if len(cycles) > _LISTED else ""
    return f": {', '.join(parts)}{more}"


def _affine(answers: Mapping[str, Any]) -> list[str]:
    low, high = answers["rho_min"], answers["rho_max"]
    if low is None or high is None:
        return []
    told = f"Written as f(x) = A*(x) x + b*(x), ρ(A*) is between {figures(low)} and {figures(high)}"
    return [f"{told} over the plane that is drawn; A* is not Df, and ρ(A*) < 1 proves nothing."]


def _saturation(answers: Mapping[str, Any]) -> list[str]:
    layers = answers["saturation"]
    if not layers:
        return []
    on_attractors = layers[0]["share_below_0.1"] is not None
    key = "share_below_0.1" if on_attractors else "share_below_0.1_in_region"
    place = "On the attractors" if on_attractors else "Over the region"
    shown = sorted(layers, key=lambda layer: -layer[key])[:_LISTED]
    parts = [
        f"{100 * layer[key]:.0f} % in layer {layer['layer']}{_stuck(layer)}"
        for layer in sorted(shown, key=lambda layer: layer["layer"])
    ]
    rest = f", and less in {counted(len(layers) - _LISTED, 'other')}" * (len(layers) > _LISTED)
    return [f"{place} slopes are below a tenth of the steepest: {listed(parts)}{rest}."]


def _stuck(layer: Mapping[str, Any]) -> str:
    stuck = len(layer["never_leave"])
    return f" ({counted(stuck, 'unit')} of {layer['units']} at all times)" if stuck else ""


def _bounds(answers: Mapping[str, Any]) -> str:
    bounds = answers["bounds"]
    lipschitz, jacobian = bounds["lipschitz"], bounds["jacobian"]
    if lipschitz is None:
        return "The activation jumps: no bound on how much f stretches is finite."
    if jacobian is None:
        return (
            f"The norms of the weights bound ‖Df‖ by {at_most(lipschitz)} everywhere; over the "
            f"region nothing sharper is known, as the ranges of this activation are not."
        )
    told = (
        f"Over the region the papers' bounds on ‖Df‖ are C = {at_most(bounds['C'])} and "
        f"C̃ = {at_most(bounds['refined'])}; an enclosure of Df gives {at_most(jacobian)}"
    )
    if jacobian < 1:
        return f"{told}: two orbits in the region come closer in every step."
    window = at_most(math.log(jacobian))
    return (
        f"{told}. So no exponent in the region is above ln {at_most(jacobian)} = {window} per "
        f"step, and that excludes neither cycles nor chaos."
    )


def _changes(answers: Mapping[str, Any]) -> list[str]:
    here = answers["attractor"]["kind"]
    said = []
    scales = answers["changes"]["scales"]
    kinds = [row["attractor"] for row in scales]
    ends = f"s = {scales[0]['s']:g} to {scales[-1]['s']:g}" if scales else ""
    if len(set(kinds)) == 1:
        said.append(f"With all pre-activations multiplied by {ends}: {kinds[0]} at each.")
    elif scales:
        changed = [row for k, row in enumerate(scales) if not k or kinds[k] != kinds[k - 1]]
        parts = [f"{row['attractor']} from s = {row['s']:g} on" for row in changed]
        said.append(f"With all pre-activations multiplied by {ends}: {listed(parts)}.")
    by_kind: dict[str, list[str]] = {}
    for row in answers["changes"]["activations"]:
        if row["attractor"] != here:
            by_kind.setdefault(row["attractor"], []).append(row["activation"])
    if by_kind:
        parts = [f"{kind} with {listed(names)}" for kind, names in by_kind.items()]
        said.append(f"The same weights with another activation: {'; '.join(parts)}.")
    return said
