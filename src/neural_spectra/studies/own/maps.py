"""The analysis of a user's map x_{k+1} = f(x_k)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from neural_spectra.networks.deep_maps import DeepMap
from neural_spectra.studies.own.analysis import Analysis
from neural_spectra.studies.own.map_answers import answers_from
from neural_spectra.studies.own.map_changes import scale_sweep, swapped_activations
from neural_spectra.studies.own.map_findings import findings, usable_states
from neural_spectra.studies.own.map_sentences import sentences
from neural_spectra.studies.own.map_settings import map_settings
from neural_spectra.studies.own.map_tables import residuals_of, tables_of
from neural_spectra.studies.own.wording import plain
from neural_spectra.studies.tables import as_array


def analyse_map(
    f: DeepMap,
    *,
    name: str,
    understood: Mapping[str, Any],
    verified: bool | None,
    states: Any = None,
    settings: Mapping[str, Any] | None = None,
) -> Analysis:
    """Analyse a map.

    Parameters
    ----------
    f
        A single map of R^d into itself.
    name
        What it is called in the sentences.
    understood
        What was read, as ``answers["network"]`` has it.
    verified
        Whether the weights were checked against values of the user's function; None if there were
        none.
    states
        States that the user knows, shape (count, d), an array or a tensor.
    settings
        See `MapSettings`.

    Raises
    ------
    InputError
        If the map or the states cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> from neural_spectra.networks.deep_maps import deep_map
    >>> f = deep_map("tanh", [np.array([[2.0]])])
    >>> found = analyse_map(f, name="mine", understood={}, verified=None)
    >>> len(found.answers["fixed_points"])
    3
    """
    chosen = map_settings(settings or {})
    known = None if states is None else usable_states(as_array(states), f.dimension)
    found = findings(f, known, chosen)
    sweep = scale_sweep(found.f, found.dynamics, chosen.scales, found.region.first_axis)
    swapped = swapped_activations(found.f, found.dynamics.starts)
    answers = {"network": dict(understood), "verified": verified, **answers_from(found)}
    answers["changes"] = {
        "scales": sweep.drop(columns="state").drop_duplicates().to_dict("records"),
        "activations": swapped.to_dict("records"),
    }
    answers = plain(answers)
    answers["sentences"] = sentences(name, answers)
    tables = tables_of(found) | {"map_sweep": sweep, "map_activations": swapped}
    return Analysis(answers, tables, residuals_of(found))
