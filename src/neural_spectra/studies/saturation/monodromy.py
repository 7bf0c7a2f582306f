"""Monodromy matrices and Floquet multipliers against the pre-activation scale (Figs 2 and 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from neural_spectra.flows.floquet_multipliers import Method, multipliers
from neural_spectra.flows.monodromy import Propagators, liouville_quadrature, propagate_along
from neural_spectra.flows.reference_systems import Field, StuartLandau
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.regions_from_settings import tensor
from neural_spectra.studies.saturation.shared_numbers import QUADRATURE_NODES
from neural_spectra.studies.tables import Computed, as_array, joined, tabulated

# Seeds are solved together up to arrays of this size, which stay in the processor's cache.
NUMBERS_AT_ONCE = 2**17


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

    Returns
    -------
    Computed, Computed
        ``monodromy`` and ``multipliers``, with orbit = reference. ``ln_det_liouville`` is the
        trapezoidal rule over the circle, which shares nothing with the solver.
    """
    per_seed = len(scales) * solver["segments"] * network.weights[0].shape[-2]
    size = max(1, NUMBERS_AT_ONCE // per_seed)
    found = [
        _along_circle(
            name, network[k : k + size], seeds[k : k + size], StuartLandau(**system), scales, solver
        )
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
    scaled = network.scaled(tensor(scales))
    period = oscillator.period
    tight, loose = propagate_twice(scaled, oscillator.orbit, period, solver)
    quadrature = liouville_quadrature(scaled, oscillator.orbit, period, QUADRATURE_NODES)
    coarser = liouville_quadrature(scaled, oscillator.orbit, period, QUADRATURE_NODES // 2)
    axes = {"seed": seeds, "s": scales}
    orbit = {"network": name, "orbit": "reference"}
    ln_det = torch.linalg.slogdet(tight.matrices).logabsdet.sum(-1)
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
        period=period,
        shooting_defect=np.nan,
    )
    multiplier_table = tabulate_multipliers(tight, loose, axes, orbit)
    residuals = {
        "liouville_defect": defect.max().item(),
        "quadrature_error": (quadrature - coarser).abs().max().item(),
        "multiplier_error": multiplier_table["error_estimate"].max().item(),
    }
    return Computed(table, residuals), Computed(multiplier_table, residuals)


def propagate_twice(
    field: Field, curve: Callable[[Tensor], Tensor], period: float, solver: Mapping[str, Any]
) -> tuple[Propagators, Propagators]:
    """Solve the variational equation at the wanted tolerances and at looser ones."""
    tight, loose = (
        propagate_along(
            field,
            curve,
            period,
            solver["segments"],
            factor * solver["rtol"],
            factor * solver["atol"],
        )
        for factor in (1.0, solver["loosening"])
    )
    return tight, loose


def tabulate_multipliers(
    tight: Propagators,
    loose: Propagators,
    axes: Mapping[str, Sequence[Any]],
    constants: Mapping[str, Any],
) -> pd.DataFrame:
    """Tabulate the multipliers of every member, with method and error estimate."""
    found = multipliers(tight, loose, torch.Generator().manual_seed(0))
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
