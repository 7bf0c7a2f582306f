"""The seeds of the curated models of Drgoňa et al. (2020), Table 1, found by a recorded search.

Every model is drawn from one seed alone. Seeds are tried from the first on, and the figures show
the first that does what its caption says; where none does, they show the first of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float

from neural_spectra.maps.attractor_classes import Attractors, classify
from neural_spectra.maps.orbits import Following
from neural_spectra.networks.deep_maps import DeepMap, deep_map
from neural_spectra.networks.structured_networks import draw_weights
from neural_spectra.networks.weight_recipes import Recipe
from neural_spectra.studies.affine_maps.conditions_from_captions import (
    CONDITIONS,
    Trial,
    radii_on_attractors,
    tried,
)
from neural_spectra.studies.affine_maps.planar_states import axis, grid_points
from neural_spectra.studies.tables import Computed

# So many seeds of each search are followed half as long, too.
CHECKED = 10
# What a trial has only for the conditions.
UNSHOWN = ("lyapunov_error", "stable", "stable_border")
RECIPE = ("factorisation", "variant", "lambda_min", "lambda_max", "depth")


def search_seeds(
    *,
    searches: Sequence[Mapping[str, Any]],
    start_seed: int,
    most_seeds: int,
    extent: float,
    grid_step: float,
    starts_per_axis: int,
    following: Mapping[str, Any],
) -> tuple[Computed, Computed, dict[str, np.ndarray]]:
    """Try seeds until each caption's condition has been judged on all of them.

    Parameters
    ----------
    searches
        Models that share a seed, as `config.affine_maps_curated.Search` has them.
    start_seed
        The first seed that is tried, where a search has no ``first_seed`` of its own.
    most_seeds
        No search tries more, whatever it asks for.
    extent, grid_step
        The captions speak of ρ(A*) on the square [−extent, extent]², here in these steps.
    starts_per_axis
        Orbits start on so many lines in each direction of that square.
    following
        The fields of `maps.orbits.Following`.

    Returns
    -------
    Computed, Computed, dict
        ``curated_seeds``, a row for each model, and ``caption_trials``, a row for each seed of each
        model of Table 1; docs/data_dictionary.md has their columns. Residuals of both: the largest
        lyapunov_error of all that was tried, and the share of the first ten seeds' models that have
        another class if their orbits are followed half as long. And the shown weights, as
        ``{figure}_{panel}.weights`` and ``.biases``.
    """
    starts = grid_points(np.linspace(-extent, extent, starts_per_axis))
    along, followed = axis(extent, grid_step), Following(**following)
    rows: list[dict[str, Any]] = []
    trials: list[dict[str, Any]] = []
    weights: dict[str, np.ndarray] = {}
    errors, changes = [0.0], []
    for search in searches:
        first = start_seed if search["first_seed"] is None else search["first_seed"]
        seeds = range(first, first + min(search["seeds"], most_seeds))
        for drawn in _drawn(search, seeds, starts, along, followed):
            rows.append(_row(drawn))
            trials += _trial_rows(drawn) if search["in_table_1"] else []
            errors += [trial["lyapunov_error"] for trial in drawn.trials]
            changes += _class_changes(drawn, starts, followed)
            name, shown = f"{search['figure']}_{drawn.model['panel']}", drawn.networks[drawn.shown]
            weights[f"{name}.weights"] = np.stack(shown.weights)
            weights[f"{name}.biases"] = np.stack(shown.biases)
    residuals = {
        "lyapunov_error": float(np.nanmax(errors)),
        "class_changes": float(np.mean(changes)),
    }
    table = pd.DataFrame(rows).astype({"lambda_min": float, "lambda_max": float})
    return Computed(table, residuals), Computed(pd.DataFrame(trials), residuals), weights


class _Drawn(NamedTuple):
    """A model drawn from each seed of its search, and for which the search's condition holds."""

    search: Mapping[str, Any]
    model: Mapping[str, Any]
    seeds: Sequence[int]
    networks: DeepMap
    trials: Sequence[Trial]
    holds: Sequence[bool]

    @property
    def shown(self) -> int:
        """The place of the first seed that does what the caption says, or of the first of all."""
        return int(np.argmax(self.holds))


def _drawn(
    search: Mapping[str, Any],
    seeds: Sequence[int],
    starts: Float[np.ndarray, "starts 2"],
    along: Float[np.ndarray, " points"],
    following: Following,
) -> list[_Drawn]:
    """Draw the models of a search from each seed and judge them by its condition."""
    networks = [draw(model, seeds) for model in search["models"]]
    trials = [
        [
            tried(f[k], found, along, radius)
            for k, (found, radius) in enumerate(
                zip(_classified(f, starts, following), radii_on_attractors(f, starts), strict=True)
            )
        ]
        for f in networks
    ]
    condition = CONDITIONS[search["condition"]]
    holds = [condition.holds(models) for models in zip(*trials, strict=True)]
    return [
        _Drawn(search, model, seeds, f, own, holds)
        for model, f, own in zip(search["models"], networks, trials, strict=True)
    ]


def draw(model: Mapping[str, Any], seeds: Sequence[int]) -> DeepMap:
    """Draw a model of the plane from each seed; without bias, biases are drawn and then zeroed."""
    recipe = Recipe(**{name: model[name] for name in RECIPE})
    drawn = [draw_weights(recipe, 2, torch.Generator().manual_seed(seed)) for seed in seeds]
    weights, biases = (np.stack(parts, axis=1) for parts in zip(*drawn, strict=True))
    return deep_map(model["activation"], list(weights), list(biases * model["bias"]))


def _classified(
    networks: DeepMap, starts: Float[np.ndarray, "starts 2"], following: Following
) -> list[Attractors]:
    count = len(networks.weights[0])
    return classify(networks, np.tile(starts, (count, 1, 1)), following)


def _row(drawn: _Drawn) -> dict[str, Any]:
    """Return the row of ``curated_seeds``."""
    trial = drawn.trials[drawn.shown]
    kinds = Counter(each["kind"] for each in drawn.trials)
    return {
        **{key: drawn.search[key] for key in ("figure", "row", "in_table_1")},
        **drawn.model,
        "condition": CONDITIONS[drawn.search["condition"]].words,
        "seed": drawn.seeds[drawn.shown],
        "tried": len(drawn.seeds),
        "satisfied_fraction": np.mean(drawn.holds),
        "satisfied": any(drawn.holds),
        **{key: trial[key] for key in ("kind", "lyapunov", "lyapunov_error", "rho_max")},
        "kinds": ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()),
    }


def _trial_rows(drawn: _Drawn) -> list[dict[str, Any]]:
    """Return the rows of ``caption_trials``."""
    identity = {key: drawn.search[key] for key in ("figure", "row")}
    identity |= {key: drawn.model[key] for key in ("panel", "label", "depth")}
    return [
        {**identity, "seed": seed, "satisfied": holds}
        | {name: value for name, value in trial.items() if name not in UNSHOWN}
        for seed, trial, holds in zip(drawn.seeds, drawn.trials, drawn.holds, strict=True)
    ]


def _class_changes(
    drawn: _Drawn, starts: Float[np.ndarray, "starts 2"], following: Following
) -> list[bool]:
    """Say which of the first networks have another class if followed half as long."""
    steps = max(20, following.exponent_steps // 2)
    half = replace(following, rounds=-(-following.rounds // 2), exponent_steps=steps)
    found = _classified(drawn.networks[:CHECKED], starts, half)
    return [short.kind != trial["kind"] for short, trial in zip(found, drawn.trials, strict=False)]
