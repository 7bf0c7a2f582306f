"""What a portrait of a field shows: trajectories, closed orbits, equilibria, proved annuli."""

from __future__ import annotations

from typing import Any

import pandas as pd
import torch
from torch import Tensor

from neural_spectra.flows.reference_systems import Field
from neural_spectra.studies.own.attractors import LEAVES, Behaviour
from neural_spectra.studies.own.exponents import Wandering
from neural_spectra.studies.own.proofs import Proof
from neural_spectra.studies.own.regions_of_flows import OwnRegion

_PATHS, _POINTS = 12, 300
_PERCENT = 100.0


class _Plane:
    """The plane that is drawn: both coordinates, the two principal ones, or x and ẋ."""

    def __init__(self, field: Field, states: Tensor, sizes: Tensor) -> None:
        self.field, self.dimension = field, field.dimension
        self.labels = ("x_1", "x_2") if self.dimension == 2 else ("x", "velocity")
        if self.dimension > 2:
            # In units of each coordinate's own spread, so that millivolts do not hide fractions.
            self.centre = states.mean(0)
            spread = states.std(0)
            self.sizes = spread.where(spread > 0, sizes)
            y = (states - self.centre) / self.sizes
            _, singular, directions = torch.linalg.svd(y, full_matrices=False)
            shares = singular.square() / singular.square().sum().clamp(min=1e-300)
            self.directions = directions[:2].mT
            first, second = (
                f"principal component {k + 1} ({_PERCENT * shares[k]:.0f} %)" for k in range(2)
            )
            self.labels = first, second

    def __call__(self, x: Tensor) -> Tensor:
        if self.dimension == 1:
            return torch.cat([x, self.field(x)], -1)
        if self.dimension == 2:
            return x
        projected: Tensor = ((x - self.centre) / self.sizes) @ self.directions
        return projected


def portrait_of(
    field: Field,
    behaviour: Behaviour,
    wandering: Wandering | None,
    region: OwnRegion,
    proofs: list[Proof],
) -> pd.DataFrame:
    """Tabulate what to draw.

    Parameters
    ----------
    field
        A single field.
    behaviour, wandering
        What it does.
    region
        What is bounded; the portrait shows about as much.
    proofs
        What was proved, with the curves that hold a closed orbit.

    Returns
    -------
    DataFrame
        kind (trajectory, wandering, attracting orbit, repelling orbit, other orbit, stable, saddle,
        unstable, degenerate, annulus left, annulus right, field), path (its number), x, y,
        x_label, y_label. For d > 2 x and y are the two principal components of the states, each
        coordinate in units of its spread; for d = 1 they are the state and its velocity.
    """
    late = behaviour.late
    shown = [orbit.states for orbit in behaviour.orbits]
    shown += [wandering.states.flatten(0, 1)] if wandering is not None else []
    shown += [late] if not shown and len(late) > 2 else []
    shown += [behaviour.place.starts] if not shown else []
    plane = _Plane(field, torch.cat(shown), behaviour.place.sizes)
    parts: list[tuple[str, Tensor]] = []
    half = (region.upper - region.lower) / 2
    far = 4 * half
    if field.dimension == 1:
        line = torch.linspace(-1, 1, _POINTS, dtype=torch.float64)[:, None] * 1.5 * half
        parts.append(("field", line + (region.upper + region.lower) / 2))
    for k in range(min(_PATHS, behaviour.paths.shape[1])):
        path = behaviour.paths[:, k]
        near = ((path - (region.upper + region.lower) / 2).abs() <= far).all(-1)
        if behaviour.goals[k] == LEAVES or not near.all():
            # Up to where it leaves what is drawn.
            path = path[: int((~near).int().argmax()) if not near.all() else len(path)]
        parts.append(("trajectory", path[path.isfinite().all(-1)]))
    if wandering is not None:
        parts.append(("wandering", wandering.path))
    words = {True: "attracting orbit", False: "repelling orbit", None: "other orbit"}
    for orbit in behaviour.orbits:
        parts.append((words[orbit.attracting], torch.cat([orbit.states, orbit.states[:1]])))
    for found in behaviour.equilibria:
        inside = ((found.point - (region.upper + region.lower) / 2).abs() <= 2 * half).all()
        kind = found.kind.split()[0] if found.stable is None or found.kind == "saddle" else ""
        kind = kind.strip(",") or ("stable" if found.stable else "unstable")
        if inside:
            parts.append((kind, found.point.unsqueeze(0)))
    for proof in proofs:
        for side, curve in zip(("left", "right"), proof.curves or (), strict=False):
            parts.append((f"annulus {side}", torch.cat([curve, curve[:1]])))
    tables = [
        _tabulated(kind, k, plane(x), plane.labels) for k, (kind, x) in enumerate(parts) if len(x)
    ]
    return pd.concat(tables, ignore_index=True)


def _tabulated(kind: str, path: int, xy: Tensor, labels: tuple[str, ...]) -> pd.DataFrame:
    columns: dict[str, Any] = {"kind": kind, "path": path, "x": xy[:, 0], "y": xy[:, 1]}
    return pd.DataFrame(columns | {"x_label": labels[0], "y_label": labels[1]})
