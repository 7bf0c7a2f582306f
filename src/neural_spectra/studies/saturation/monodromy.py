"""Monodromy matrices and Floquet multipliers against the pre-activation scale (Figs 2 and 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from neural_spectra.bounds.exponent_windows import exponent_window_of_circle
from neural_spectra.bounds.regions import Circle
from neural_spectra.flows.floquet_multipliers import Method, Multipliers, multipliers
from neural_spectra.flows.monodromy import Propagators, liouville_quadrature, propagate_along
from neural_spectra.flows.reference_systems import Field, StuartLandau
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.tables import Computed, as_array, joined, tabulated

# Seeds are solved together up to arrays of this size, which stay in the processor's cache.
NUMBERS_AT_ONCE = 2**17
# Windows for the multipliers are taken over 2^8 arcs of the circle.
ARCS_LEVEL = 8


def reference_monodromy(
    name: str,
    network: Network,
    seeds: Sequence[int],
    *,
    system: Mapping[str, float],
    scales: list[float],
    solver: Mapping[str, Any],
) -> tuple[Computed, Computed]:
    """Integrate the variational equation of f_s along the reference circle, for all s at once.

    The circle is the oscillator's orbit, not one of f_s: its "multipliers" are those of the linear
    periodic system Φ' = Df_s(γ(t)) Φ that the paper's figures show.

    Parameters
    ----------
    network
        The frozen networks, batch shape ``(seeds,)``.
    system
        The oscillator, see `StuartLandau`.
    solver
        See `propagate_twice`.

    Returns
    -------
    Computed, Computed
        ``monodromy`` and ``multipliers``, with orbit = reference. ``ln_det_liouville`` is the
        trapezoidal rule over the circle, which shares nothing with the solver. All ln|μ| provably
        lie between ``window_lower`` and ``window_upper``; a residual says how far they do not.
    """
    oscillator = StuartLandau(**system)
    per_seed = len(scales) * solver["segments"] * network.weights[0].shape[-2]
    size = max(1, NUMBERS_AT_ONCE // per_seed)
    found = [
        _along_circle(name, network[k : k + size], seeds[k : k + size], oscillator, scales, solver)
        for k in range(0, len(seeds), size)
    ]
    tables, multiplier_tables = zip(*found, strict=True)
    return joined(tables), joined(multiplier_tables)


def _along_circle(
    name: str,
    network: Network,
    seeds: Sequence[int],
    oscillator: StuartLandau,
    scales: list[float],
    solver: Mapping[str, Any],
) -> tuple[Computed, Computed]:
    scaled, period = network.scaled(scales), oscillator.period
    tight, loose = propagate_twice(scaled, oscillator.orbit, period, solver)
    quadrature, quadrature_error = liouville_quadrature(scaled, oscillator.orbit, period)
    axes, orbit = {"seed": seeds, "s": scales}, {"network": name, "orbit": "reference"}
    ln_det = tight.log_abs_determinant
    defect = (ln_det - quadrature).abs()
    table = tabulated(
        axes,
        {
            "ln_det": ln_det,
            "det": ln_det.exp(),
            "ln_det_liouville": quadrature,
            "liouville_defect": defect,
        },
        **orbit,
        dimension=network.dimension,
        status="reference",
        explanation="",
        period=period,
        shooting_defect=np.nan,
        **{f"x_{k + 1}": x for k, x in enumerate(oscillator.orbit(torch.zeros(())).tolist())},
    )
    multiplier_table = _with_windows(
        tabulate_multipliers(multipliers(tight, loose), axes, orbit), scaled, axes, oscillator
    )
    above = multiplier_table["ln_modulus"] - multiplier_table["window_upper"]
    below = multiplier_table["window_lower"] - multiplier_table["ln_modulus"]
    residuals = {
        "outside_window": max(0.0, above.max(), below.max()),
        "liouville_defect": defect.max().item(),
        "quadrature_error": quadrature_error.max().item(),
        "multiplier_error": multiplier_table["error_estimate"].max().item(),
    }
    return Computed(table, residuals), Computed(multiplier_table, residuals)


def _with_windows(
    table: pd.DataFrame,
    network: Network,
    axes: Mapping[str, Sequence[Any]],
    oscillator: StuartLandau,
) -> pd.DataFrame:
    """Add between what all ln|μ| along the circle lie, as their logarithmic norms prove."""
    circle = Circle(oscillator.radius)
    windows = [
        exponent_window_of_circle(member, circle, ARCS_LEVEL) for member in network.members()
    ]
    shape = tuple(len(values) for values in axes.values())
    ends = {
        f"window_{end}": oscillator.period
        * np.reshape([getattr(window, end) for window in windows], shape)
        for end in ("lower", "upper")
    }
    return table.merge(tabulated(axes, ends), on=list(axes))


def propagate_twice(
    field: Field, curve: Callable[[Tensor], Tensor], period: float, solver: Mapping[str, Any]
) -> tuple[Propagators, Propagators]:
    """Solve the variational equation at the wanted tolerances and at looser ones.

    Parameters
    ----------
    field, curve, period
        See `flows.monodromy.propagate_along`.
    solver
        ``segments``, ``rtol``, ``atol``, and ``loosening``, the factor between the tolerances.
    """
    segments, rtol, atol = (solver[key] for key in ("segments", "rtol", "atol"))
    tight, loose = (
        propagate_along(field, curve, period, segments, factor * rtol, factor * atol)
        for factor in (1.0, solver["loosening"])
    )
    return tight, loose


def tabulate_multipliers(
    found: Multipliers,
    axes: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
) -> pd.DataFrame:
    """Tabulate the multipliers of every member, with method and error estimate.

    Parameters
    ----------
    found
        The multipliers, whose batch axes are these:
    axes
        The values along each batch axis, by column name.
    constants
        Columns with the same value in every row.
    """
    return tabulated(
        {**axes, "index": range(1, found.log_modulus.shape[-1] + 1)},
        {
            "method": np.vectorize(lambda k: Method(k).label)(as_array(found.method)),
            "real": found.real,
            "imag": found.imag,
            "ln_modulus": found.log_modulus,
            "error_estimate": found.error_estimate,
        },
        **constants,
    )
