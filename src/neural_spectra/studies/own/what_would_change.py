"""What another pre-activation scale, or another activation, would make of a network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import torch

from neural_spectra.activations.torch_activations import ACTIVATIONS
from neural_spectra.bounds.jacobian_bounds import certified_bounds
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.attractors import Behaviour, Goal, behaviour_of
from neural_spectra.studies.own.layers import in_units, relative_slopes
from neural_spectra.studies.own.regions_of_flows import (
    BoundsOfRegion,
    OwnRegion,
    bounds_of,
    region_of,
)
from neural_spectra.studies.own.saturated_units import NEARLY

_STARTS = 6
# Of what the network itself may cost.
_EVALUATIONS, _CELLS = 0.4, 1 / 32
_SAMPLES = 512
_TIGHTNESS, _LEVELS = 0.1, (6, 8)


def scale_sweep(
    network: Network,
    behaviour: Behaviour,
    region: OwnRegion,
    *,
    scales: Sequence[float],
    evaluations: int,
    cells: int,
    seed: int,
) -> pd.DataFrame:
    """Ask again, at every scale s of the pre-activations, what the network does.

    Parameters
    ----------
    network, behaviour, region
        The network as it is, what it does, and U.
    scales
        All s.
    evaluations, cells, seed
        See `FlowSettings`; a part of them for each s.

    Returns
    -------
    DataFrame
        s, ``does`` (where most starts go), period, ln_det and ln_modulus (of the attracting orbit
        that most go to; ln|μ| of its least contracting direction across), C, jacobian, lowest and
        highest (bounds over the box around that orbit; over U where there is none), bound_period
        (C·T), delta and ``share_below_0.1`` (over all units and points of the orbit, or of U).
        NaN where there is nothing to tell.
    """
    here = replace(behaviour.place, starts=_starts(behaviour))
    rows = []
    for s in scales:
        scaled = network.scaled([s])[0]
        does = behaviour
        if s != 1:
            does = behaviour_of(scaled, here, int(_EVALUATIONS * evaluations), seed)
        rows.append({"s": s, **_row(scaled, does, region, max(int(_CELLS * cells), 2**9))})
    return pd.DataFrame(rows)


def activation_swaps(network: Network, region: OwnRegion, bounds: BoundsOfRegion) -> pd.DataFrame:
    """Bound the field of the same weights over U with each activation in all hidden layers.

    Parameters
    ----------
    network, region, bounds
        The network, U, and its own bounds there.

    Returns
    -------
    DataFrame
        activation, ``own`` (whether it is the network's), ``largest_slope`` (over U, of any layer),
        C and refined (C̃).
    """
    names = {sigma.name for sigma in network.activations}
    rows = [
        {
            "activation": " and ".join(sorted(names)),
            "own": True,
            "largest_slope": bounds.log_saturation.amax().exp().item(),
            "C": bounds.bound,
            "refined": bounds.refined,
        }
    ]
    box = region.box
    for name, sigma in ACTIVATIONS.items():
        if names == {name} or name == "identity":
            continue
        other = replace(in_units(network, region.units), activation=sigma)
        found = certified_bounds(other, box, _TIGHTNESS, *_LEVELS)
        rows.append(
            {
                "activation": name,
                "own": False,
                "largest_slope": found.log_saturation.amax().exp().item(),
                "C": found.log_bound.exp().item(),
                "refined": found.refined_bound.item(),
            }
        )
    return pd.DataFrame(rows)


def _starts(behaviour: Behaviour) -> torch.Tensor:
    """Return two states of every attracting orbit, and some of the starts."""
    on_orbits = [orbit.states[[0, len(orbit.states) // 2]] for orbit in behaviour.orbits[:2]]
    return torch.cat([*on_orbits, behaviour.place.starts[-_STARTS:]])


def _row(network: Network, does: Behaviour, region: OwnRegion, cells: int) -> dict[str, object]:
    counts = {goal: does.goals.count(goal) for goal in does.goals}
    goal = max(counts, key=lambda goal: counts[goal])
    orbits = [g for g in counts if g.kind == "orbit"]
    orbit = does.orbits[max(orbits, key=lambda g: counts[g]).number] if orbits else None
    if orbit is not None:
        region = region_of(replace(does, orbits=[orbit]), None)
    found = bounds_of(network, region, cells)
    states = orbit.states if orbit is not None else region.spread(_SAMPLES)
    slopes = torch.cat([part.flatten() for part in relative_slopes(network, states)])
    share = (slopes < NEARLY).double().mean().item()
    row: dict[str, object] = {
        "does": _word(goal),
        "period": math.nan,
        "ln_det": math.nan,
        "C": found.bound,
        "refined": found.refined,
        "jacobian": found.jacobian,
        "lowest": found.lowest,
        "highest": found.highest,
        "bound_period": math.nan,
        "delta": found.log_saturation.amax().exp().item(),
        "share_below_0.1": share,
    }
    if orbit is not None:
        bound_period = math.exp(min(found.log_bound + math.log(orbit.period), 700.0))
        row |= {"does": _word(Goal("orbit")), "period": orbit.period}
        row |= {"ln_det": orbit.log_determinant, "bound_period": bound_period}
    return row


def _word(goal: Goal) -> str:
    return {
        "orbit": "closed orbit",
        "equilibrium": "equilibrium",
        "leaves": "leaves",
        "family": "family of closed orbits",
        "undecided": "wanders",
    }[goal.kind]
