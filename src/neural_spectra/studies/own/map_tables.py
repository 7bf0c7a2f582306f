"""The tables behind the figures of a user's map, and behind its answers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np
import pandas as pd

from neural_spectra.studies.own.map_findings import Found, stability

# Of the portrait: orbits from so many starts, of so many steps, and so many states of attractors.
_ORBITS, _STEPS, _STATES = 4, 15, 1500
_EIGENVALUES = 3000
_GRAPH = 401


def tables_of(found: Found) -> dict[str, pd.DataFrame]:
    """Return the tables, by name; figures of the same names show the first four."""
    return {
        "map_portrait": _portrait(found),
        "map_affine": _affine(found),
        "map_spectrum": _spectrum(found),
        "map_saturation": _saturation(found),
        "map_cycles": _cycles(found),
        "map_certificates": pd.DataFrame([asdict(proof) for proof in found.proofs]),
    }


def residuals_of(found: Found) -> dict[str, dict[str, float]]:
    """Return what tells how far to trust the tables."""
    f = found.f.given
    closing, determinant = [0.0], [0.0]
    for cycle in found.cycles:
        moved = np.abs(f(cycle.points) - np.roll(cycle.points, -1, axis=0))
        closing.append(float((moved / (found.f.unit + np.abs(cycle.points))).max()))
        with np.errstate(divide="ignore", invalid="ignore"):
            defect = abs(np.log(np.abs(cycle.multipliers)).sum() - cycle.ln_det)
        determinant.append(float(defect) if math.isfinite(defect) else 0.0)
    of_cycles = {"closing_defect": max(closing), "determinant_defect": max(determinant)}
    of_orbits = dict(of_cycles)
    if math.isfinite(found.dynamics.of_distances):
        difference = abs(found.dynamics.of_distances - found.dynamics.exponents[0])
        of_orbits["lyapunov_difference_of_methods"] = float(difference)
    return {
        "map_portrait": of_orbits,
        "map_cycles": of_cycles,
        "map_affine": {"representation_error": found.affine.error},
    }


def _portrait(found: Found) -> pd.DataFrame:
    """Return kind, number, step, x, y, value, and the labels of the axes.

    By kind: "basin": value is the number of the attractor that the orbit from (x, y) ends on, −1 if
    it escapes; "orbit": its states; "attractor": states of orbits that have not settled; "cycle":
    the points of one, value its largest |multiplier|^(1/p). In one dimension y is the image of x,
    and "graph" is that of f.
    """
    grid = found.basins.grid
    basin = _states(found, "basin", grid.states, grid.coordinates)
    parts = [basin.assign(value=found.basins.number), *_orbits(found)]
    moving = found.dynamics.tails[found.dynamics.periods == 0]
    if len(moving):
        states = found.f.states(moving.reshape(-1, moving.shape[-1]))
        shown = states[np.linspace(0, len(states) - 1, min(_STATES, len(states))).astype(int)]
        parts.append(_states(found, "attractor", shown))
    for k, cycle in enumerate(found.cycles):
        rate = cycle.radius ** (1 / cycle.period)
        columns = {"number": k, "step": range(cycle.period), "value": rate}
        parts.append(_states(found, "cycle", cycle.points).assign(**columns))
    if len(found.region.directions) == 1:
        parts.append(_states(found, "graph", found.region.grid(_GRAPH).states))
    labels = dict(zip(("x_label", "y_label"), (*found.region.labels, ""), strict=False))
    return pd.concat(parts, ignore_index=True).assign(**labels)


def _states(
    found: Found, kind: str, states: np.ndarray, coordinates: np.ndarray | None = None
) -> pd.DataFrame:
    """Return states on the plane or, of one dimension, with their images."""
    x = found.region.coordinates(states) if coordinates is None else coordinates
    if x.shape[-1] == 1:
        with np.errstate(over="ignore", invalid="ignore"):
            x = np.concatenate((x, found.region.coordinates(found.f.given(states))), -1)
    return pd.DataFrame(
        {"kind": kind, "number": -1, "step": 0, "x": x[:, 0], "y": x[:, 1], "value": np.nan}
    )


def _orbits(found: Found) -> Iterator[pd.DataFrame]:
    """Follow a few orbits from starts of the region for as long as they stay near it."""
    axes = len(found.region.directions)
    shares = np.random.default_rng(1).uniform(-1, 1, (_ORBITS, axes))
    x, path = found.region.origin + shares @ found.region.directions, []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(_STEPS):
            path.append(x)
            x = found.f.given(x)
    reach = 3 * (found.region.upper - found.region.lower).max()
    for k, states in enumerate(np.stack(path, axis=1)):
        near = np.abs(states - found.region.origin).max(-1) <= reach
        states = states[np.logical_and.accumulate(near)]
        yield _states(found, "orbit", states).assign(number=k, step=range(len(states)))


def _affine(found: Found) -> pd.DataFrame:
    """Return quantity, x, y, value: of A*, b* and Df at each point of the plane."""
    x = found.affine.grid.coordinates
    y = x[:, 1] if x.shape[-1] > 1 else np.nan
    labels = dict(zip(("x_label", "y_label"), (*found.region.labels, ""), strict=False))
    parts = [
        pd.DataFrame({"quantity": name, "x": x[:, 0], "y": y, "value": values, **labels})
        for name, values in found.affine.quantities.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _spectrum(found: Found) -> pd.DataFrame:
    """Return kind, period, stability, real, imag: eigenvalues of A*, multipliers of cycles."""
    values = found.affine.eigenvalues.ravel()
    values = values[:: max(1, len(values) // _EIGENVALUES)]
    parts = [pd.DataFrame({"kind": "eigenvalue", "real": values.real, "imag": values.imag})]
    for cycle in found.cycles:
        multipliers = cycle.multipliers
        columns = {"period": cycle.period, "stability": stability(cycle)}
        columns |= {"real": multipliers.real, "imag": multipliers.imag}
        parts.append(pd.DataFrame({"kind": "multiplier", **columns}))
    order = ["kind", "period", "stability", "real", "imag"]
    return pd.concat(parts, ignore_index=True).reindex(columns=order)


def _saturation(found: Found) -> pd.DataFrame:
    """Return layer, activation, units, place, share, slope: the quantiles of relative slopes."""
    shares = np.linspace(0.0, 1.0, 201)
    parts = []
    for k, layer in enumerate(found.saturation):
        places = {"on the attractors": layer.on_attractor, "over the region": layer.over_region}
        for place, slopes in places.items():
            if slopes.size:
                columns = {"place": place, "share": shares, "slope": np.quantile(slopes, shares)}
                constants = {"layer": k + 1, "activation": layer.activation}
                parts.append(pd.DataFrame({**constants, "units": slopes.shape[-1], **columns}))
    order = ["layer", "activation", "units", "place", "share", "slope"]
    return pd.concat(parts) if parts else pd.DataFrame(columns=order)


def _cycles(found: Found) -> pd.DataFrame:
    """Return a row for each point of each cycle, with the cycle's multipliers."""
    parts = []
    for k, cycle in enumerate(found.cycles):
        columns = {"cycle": k + 1, "period": cycle.period, "step": range(cycle.period)}
        columns |= {f"x_{i + 1}": column for i, column in enumerate(cycle.points.T)}
        columns |= {"stability": stability(cycle), "ln_det": cycle.ln_det}
        columns |= {"largest_modulus": cycle.radius}
        parts.append(pd.DataFrame(columns))
    order = ["cycle", "period", "step", "stability", "ln_det", "largest_modulus"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=order)
