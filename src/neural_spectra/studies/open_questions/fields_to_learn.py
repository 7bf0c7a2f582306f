"""Planar fields that networks learn, in coordinates in which their cycles are alike.

Each has an attracting cycle around the origin, about 1 away from it, with a period of about 2π.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from neural_spectra.flows.neuron_models import MORRIS_LECAR_SETS, MorrisLecar
from neural_spectra.flows.reference_systems import Field, StuartLandau
from neural_spectra.flows.rescaled_fields import Rescaled
from neural_spectra.studies.open_questions.measured_trajectories import morris_lecar_trajectories

# The companion paper's neuron at its current in µA/cm², how long its trajectory tells the range of
# both components, and the unit of time in which its cycle of 102.73 takes 2π, in milliseconds.
_SET, _CURRENT, _DURATION, _UNIT = "hopf", 90.0, 300.0, 16.35


def _morris_lecar() -> Field:
    range_of = morris_lecar_trajectories(
        {_SET: _CURRENT}, duration=_DURATION, samples=3000, unit=_UNIT
    )
    neuron = MorrisLecar(MORRIS_LECAR_SETS[_SET], torch.tensor([_CURRENT], dtype=torch.float64))
    unit = torch.tensor([_UNIT], dtype=torch.float64)
    return Rescaled(neuron, range_of.center, range_of.scale, unit)


# Each is one field, with or without a batch axis of its own.
FIELDS: dict[str, Callable[[], Field]] = {
    "stuart_landau": StuartLandau,
    "morris_lecar": _morris_lecar,
}
