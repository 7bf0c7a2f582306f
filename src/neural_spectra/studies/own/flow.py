"""The analysis of a vector field of the user's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as field_of
from typing import Any

import pandas as pd
from torch import Tensor

from neural_spectra.errors import InputError
from neural_spectra.flows.given_fields import as_field
from neural_spectra.flows.reference_systems import Field
from neural_spectra.networks.multilayer_perceptron import Network, has_kinks
from neural_spectra.studies.own import flow_answers as answers_of
from neural_spectra.studies.own import flow_sentences as sentences
from neural_spectra.studies.own import flow_tables as tabulate
from neural_spectra.studies.own.analysis import Analysis
from neural_spectra.studies.own.attractors import (
    UNDECIDED,
    Behaviour,
    behaviour_of,
    repelling_orbits_of,
)
from neural_spectra.studies.own.exponents import Wandering, wandering_of
from neural_spectra.studies.own.portraits import portrait_of
from neural_spectra.studies.own.proofs import Proof, proofs_of
from neural_spectra.studies.own.regions_of_flows import (
    BoundsOfRegion,
    OwnRegion,
    bounds_of,
    region_of,
)
from neural_spectra.studies.own.saturated_units import (
    saturation_by_layer,
    slopes_along,
    units_over_region,
)
from neural_spectra.studies.own.settings import FlowSettings, flow_settings
from neural_spectra.studies.own.what_would_change import activation_swaps, scale_sweep
from neural_spectra.studies.own.where_to_look import place_of

_BACKWARDS = 0.2  # of the evaluations
# Every kink on the way of any trajectory costs steps of all.
_STARTS_ACROSS_KINKS, _TURNS_ACROSS_KINKS = 8, 30.0
_CHEAPER = 4  # bounds than the proof around an orbit


@dataclass(frozen=True)
class _OfLayers:
    """What only a network with known layers has."""

    bounds: BoundsOfRegion | None = None
    proofs: list[Proof] = field_of(default_factory=list)
    tables: dict[str, pd.DataFrame] = field_of(default_factory=dict)
    sentences: list[str] = field_of(default_factory=lambda: [sentences.NO_LAYERS])


def analyse_flow(
    field: Field,
    *,
    name: str,
    kind: str = "flow",
    understood: Mapping[str, Any],
    verified: bool | None,
    starts: Tensor | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Analysis:
    """Tell what a vector field does, what the papers' bounds say of it, and what is proved.

    Parameters
    ----------
    field
        A single field: a `Network` without batch axes, or a `DifferentiableField`, which has no
        layers and so no saturation, bounds or certificates.
    name, kind
        What to call it.
    understood
        What was read, as it goes into ``answers["network"]``.
    verified
        Whether it was checked against pairs of inputs and outputs; None where there are none.
    starts
        States (n, d) that came with it; they tell where to look. By default the field tells.
    settings
        See `FlowSettings`.
    progress
        Is told what is done next.

    Raises
    ------
    InputError
        If this is no single field, or the settings are not usable.
    """
    options = flow_settings(settings or {})
    field = _single(field)
    if starts is not None and (starts.ndim != 2 or starts.shape[1] != field.dimension):
        raise InputError(
            f"{name}: states of shape {tuple(starts.shape)} do not fit a field of dimension "
            f"{field.dimension}; give (n, {field.dimension})"
        )
    progress("following trajectories")
    if has_kinks(field):
        options = replace(
            options,
            starts=min(options.starts, _STARTS_ACROSS_KINKS),
            turns=min(options.turns, _TURNS_ACROSS_KINKS),
            scales=(1.0,),
        )
    place = place_of(field, starts, options.starts, options.seed)
    behaviour = behaviour_of(field, place, options.evaluations, options.seed)
    backwards = int(_BACKWARDS * options.evaluations)
    behaviour.orbits += repelling_orbits_of(field, behaviour, backwards)
    progress("measuring exponents")
    wandering = _wandering(field, behaviour, options)
    region = region_of(behaviour, wandering)
    layers = _OfLayers()
    if isinstance(field, Network):
        layers = _of_layers(field, behaviour, wandering, region, options, progress)
    tables = {
        "flow_portrait": portrait_of(field, behaviour, wandering, region, layers.proofs),
        "flow_windows": tabulate.windows_table(field, behaviour, wandering, region, layers.bounds),
        **tabulate.tables_of_behaviour(behaviour, wandering),
        **layers.tables,
    }
    answers = {
        "network": {**understood, "name": name, "kind": kind},
        "verified": verified,
        **answers_of.of_behaviour(behaviour, wandering, layers.bounds),
        "saturation": answers_of.of_saturation(layers.tables),
        "bounds": answers_of.of_bounds(region, layers.bounds),
        "certificates": [
            {"statement": proof.statement, "verdict": proof.verdict} for proof in layers.proofs
        ],
        "sentences": [
            *sentences.of_the_network(name, understood, verified),
            *sentences.of_the_behaviour(behaviour, wandering),
            *layers.sentences,
        ],
    }
    return Analysis(answers, tabulate.filled(tables), answers_of.residuals_of(behaviour))


def _single(given: Field) -> Field:
    field = as_field(given)
    if isinstance(field, Network):
        if field.batch_shape:
            raise InputError(
                f"an analysis is of a single network, not of a batch of shape "
                f"{tuple(field.batch_shape)}: index the batch"
            )
        outputs = field.weights[-1].shape[-2]
        if outputs != field.dimension:
            raise InputError(
                f"a vector field gives as many outputs as it takes inputs, but this network takes "
                f"{field.dimension} and gives {outputs}"
            )
    return field


def _wandering(field: Field, behaviour: Behaviour, options: FlowSettings) -> Wandering | None:
    members = [k for k, goal in enumerate(behaviour.goals) if goal == UNDECIDED]
    if not members:
        return None
    ends = behaviour.ends[members]
    return wandering_of(field, behaviour.place, ends, options.turns, options.seed)


def _of_layers(
    network: Network,
    behaviour: Behaviour,
    wandering: Wandering | None,
    region: OwnRegion,
    options: FlowSettings,
    progress: Callable[[str], None],
) -> _OfLayers:
    progress("bounding the Jacobian")
    bounds = bounds_of(network, region, options.cells // _CHEAPER)
    along, path = _path(behaviour, wandering, region)
    saturation = saturation_by_layer(
        network, {along: path}, region, bounds.log_saturation, options.seed
    )
    units = units_over_region(network, region)
    progress("proving")
    proofs = proofs_of(network, region, bounds, behaviour, options.cells)
    progress("changing scale and activation")
    sweep = scale_sweep(
        network,
        behaviour,
        region,
        scales=options.scales,
        evaluations=options.evaluations,
        cells=options.cells,
        seed=options.seed,
    )
    swaps = activation_swaps(network, region, bounds)
    return _OfLayers(
        bounds,
        proofs,
        {
            "flow_slopes": slopes_along(network, path).assign(along=along),
            "flow_saturation": saturation,
            "flow_units": units,
            "flow_bounds": tabulate.bounds_table(region, bounds),
            "flow_certificates": tabulate.certificates_table(proofs),
            "flow_sweep": sweep,
            "flow_activations": swaps,
        },
        [
            *sentences.of_saturation(saturation, units, along),
            *sentences.of_bounds(region, bounds, next(iter(behaviour.orbits), None)),
            *sentences.of_proofs(proofs),
            *sentences.of_changes(sweep, swaps, has_kinks(network)),
        ],
    )


def _path(
    behaviour: Behaviour, wandering: Wandering | None, region: OwnRegion
) -> tuple[str, Tensor]:
    """Return what saturation is looked at along: the first orbit, or what trajectories do."""
    if behaviour.orbits:
        return "orbit 1", behaviour.orbits[0].states
    if wandering is not None:
        return "trajectory", wandering.path
    path = behaviour.paths[:, 0]
    inside = ((path >= region.lower) & (path <= region.upper)).all(-1)
    return "trajectory", path[inside] if inside.sum() > 1 else behaviour.place.starts
