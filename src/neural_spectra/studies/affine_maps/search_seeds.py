"""The seeds of the curated models of Drgoňa et al. (2020), Table 1, found by a recorded search.

Every model is drawn from one seed alone. Seeds are tried from the first on, and the figures show
the first that does what its caption says; where none does, they show the first of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import torch

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.maps.attractor_classes import Attractors, classify
from neural_spectra.maps.orbits import Settings
from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.networks.structured_networks import Recipe, draw_weights
from neural_spectra.studies.affine_maps.curated_models import axis, grid_points
from neural_spectra.studies.affine_maps.search_criteria import CONDITIONS, Candidate
from neural_spectra.studies.affine_maps.search_trials import trials
from neural_spectra.studies.tables import Computed

# So many seeds of each search are followed half as long, too.
CHECKED = 10


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
        Models that share a seed, as `curated_settings.Search` has them.
    start_seed
        The first seed that is tried.
    most_seeds
        No search tries more, whatever it asks for.
    extent, grid_step
        The captions speak of ρ(A*) on the square [−extent, extent]², here in these steps.
    starts_per_axis
        Orbits start on so many lines in each direction of that square.
    following
        The fields of `maps.orbits.Settings`.

    Returns
    -------
    Computed, Computed, dict
        ``curated_seeds``, a row for each model: figure, row, panel, label, in_table_1, what it is
        drawn from, condition, seed, tried, satisfied_fraction, satisfied, kind, lyapunov,
        lyapunov_error, rho_max of the shown seed, kinds (how often each occurs over the tried).
        ``caption_trials``, the rows of `caption_trials.trials` for all models of Table 1. Residuals
        of both: the largest lyapunov_error of all that was tried, and the share of the first ten
        seeds' models that have another class if their orbits are followed half as long. And the
        shown weights, as ``{figure}_{panel}.weights`` and ``.biases``.
    """
    starts = grid_points(np.linspace(-extent, extent, starts_per_axis))
    grid = axis(extent, grid_step)
    rows: list[dict[str, Any]] = []
    tried: list[dict[str, Any]] = []
    weights: dict[str, np.ndarray] = {}
    settings = Settings(**following)
    errors, changes = [0.0], []
    for search in searches:
        seeds = range(start_seed, start_seed + min(search["seeds"], most_seeds))
        networks = [draw(model, seeds) for model in search["models"]]
        drawn = [_candidates(network, starts, grid, settings) for network in networks]
        condition = CONDITIONS[search["condition"]]
        holds = [condition.holds(models) for models in zip(*drawn, strict=True)]
        shown = int(np.argmax(holds))
        for model, network, candidates in zip(search["models"], networks, drawn, strict=True):
            chosen = candidates[shown].attractors
            kinds = Counter(candidate.attractors.kind for candidate in candidates)
            errors += [candidate.attractors.lyapunov_error for candidate in candidates]
            changes += _class_changes(network, starts, candidates, settings)
            rows.append(
                {key: search[key] for key in ("figure", "row", "in_table_1")}
                | model
                | {
                    "condition": condition.words,
                    "seed": seeds[shown],
                    "tried": len(seeds),
                    "satisfied_fraction": np.mean(holds),
                    "satisfied": any(holds),
                    "kind": chosen.kind,
                    "lyapunov": chosen.lyapunov,
                    "lyapunov_error": chosen.lyapunov_error,
                    "rho_max": candidates[shown].largest_radius,
                    "kinds": ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()),
                }
            )
            name = f"{search['figure']}_{model['panel']}"
            weights[f"{name}.weights"] = np.stack(network[shown].weights)
            weights[f"{name}.biases"] = np.stack(network[shown].biases)
            if search["in_table_1"]:
                tried += trials({**search, **model}, seeds, holds, candidates)
    ranges = {"lambda_min": float, "lambda_max": float}
    table = pd.DataFrame(rows).astype(ranges)
    residuals = {
        "lyapunov_error": float(np.nanmax(errors)),
        "class_changes": float(np.mean(changes)),
    }
    return Computed(table, residuals), Computed(pd.DataFrame(tried), residuals), weights


def draw(model: Mapping[str, Any], seeds: Sequence[int]) -> DeepMap:
    """Draw a model of the plane from each seed; without bias, biases are drawn and then zeroed."""
    recipe = Recipe(
        *(model[k] for k in ("factorisation", "variant", "lambda_min", "lambda_max", "depth"))
    )
    drawn = [draw_weights(recipe, 2, torch.Generator().manual_seed(seed)) for seed in seeds]
    weights, biases = (np.stack(parts, axis=1) for parts in zip(*drawn, strict=True))
    return DeepMap(
        tuple(weights), tuple(biases * model["bias"]), scalar_activation(model["activation"])
    )


def _candidates(
    networks: DeepMap, starts: np.ndarray, grid: np.ndarray, settings: Settings
) -> list[Candidate]:
    found = _classified(networks, starts, settings)
    return [Candidate(networks[k], attractors, grid) for k, attractors in enumerate(found)]


def _class_changes(
    networks: DeepMap, starts: np.ndarray, candidates: Sequence[Candidate], settings: Settings
) -> list[bool]:
    """Say which of the first networks have another class if followed half as long."""
    half = replace(
        settings,
        rounds=-(-settings.rounds // 2),
        exponent_steps=max(20, settings.exponent_steps // 2),
    )
    found = _classified(networks[:CHECKED], starts, half)
    return [
        short.kind != candidate.attractors.kind
        for short, candidate in zip(found, candidates[:CHECKED], strict=True)
    ]


def _classified(networks: DeepMap, starts: np.ndarray, settings: Settings) -> list[Attractors]:
    count = len(networks.weights[0])
    return classify(networks, np.tile(starts, (count, 1, 1)), settings)
