"""One closed orbit of a field, with all that is measured along it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from neural_spectra.flows.close_returns import Status
from neural_spectra.flows.floquet_multipliers import Multipliers
from neural_spectra.flows.integration import integrate
from neural_spectra.flows.reference_systems import Field
from neural_spectra.flows.rescaled_fields import with_units_of_its_own
from neural_spectra.flows.shooting import PeriodicOrbits, refine_periodic_orbits
from neural_spectra.networks.multilayer_perceptron import has_kinks
from neural_spectra.studies.own.where_to_look import Place

_SEGMENTS, _TOLERANCE = 30, 1e-12
_CLOSER, _GUESS, _ACROSS_KINKS = 4, 1e-11, 1e-8
STATES = 512
_PRECISION = 1e-11
# A multiplier nearer to 1 than so many of its errors, or than this, is no evidence of attraction.
_ERRORS, _NEUTRAL = 3.0, 1e-7


@dataclass(frozen=True)
class ClosedOrbit:
    """A closed orbit.

    Parameters
    ----------
    found
        What the search found, a batch of one.
    states
        The orbit at equally spaced times of one period.
    multipliers
        Its Floquet multipliers, without a batch axis.
    attracting
        Whether all multipliers but one have a modulus below 1; None where they do not tell.
    """

    found: PeriodicOrbits
    states: Float[Tensor, "times dimension"]
    multipliers: Multipliers
    attracting: bool | None

    @property
    def period(self) -> float:
        """T."""
        return self.found.period.item()

    @property
    def log_determinant(self) -> float:
        """Liouville's ln det M = ∮ tr Df dt."""
        return self.found.propagators.log_determinant.item()

    @property
    def amplitude(self) -> Float[Tensor, " dimension"]:
        """Half the range of each coordinate."""
        half: Tensor = (self.states.amax(0) - self.states.amin(0)) / 2
        return half

    @property
    def neutral(self) -> bool:
        """Whether its neighbours neither come nearer nor leave, as in a family of orbits."""
        size = self.multipliers.log_modulus.abs()
        return bool((size <= _threshold(self.multipliers)).all())


def closed_orbit_from(
    field: Field, place: Place, start: Float[Tensor, " dimension"], period: float
) -> ClosedOrbit | None:
    """Find the closed orbit of a trajectory that nearly closes after about this time.

    None where Newton's method leads to no orbit: its trajectory may come nearer later.

    Parameters
    ----------
    field
        A single field.
    place
        Where it is looked at.
    start
        A state near the orbit.
    period
        The time after which it nearly closes.
    """
    own, y = place.own(field), place.to_own(start)
    precision = max(_GUESS, _tolerance(field))
    time = period / place.unit
    for _ in range(_CLOSER):
        times = time / _SEGMENTS * torch.arange(_SEGMENTS + 1, dtype=torch.float64)
        turn = integrate(lambda _, y: own(y), y.reshape(1, 1, -1), times, precision, precision)[
            :, 0, 0
        ]
        if not turn.isfinite().all():
            return None
        # Where it passes its start at right angles: a family of orbits closes there exactly, and
        # Newton's method must not be led along it.
        velocity = own(turn[-1:].unsqueeze(0))[0, 0]
        time -= ((turn[-1] - y) @ velocity / (velocity @ velocity)).item()
    points = place.from_own(turn[:-1])
    return refined_closed_orbit(field, points, time * place.unit)


def refined_closed_orbit(
    field: Field, points: Float[Tensor, "segments dimension"], period: float
) -> ClosedOrbit | None:
    """Bring points that lie nearly on a closed orbit onto it, whether it attracts or repels."""
    guess, tolerance = torch.tensor([period], dtype=torch.float64), _tolerance(field)
    found = refine_periodic_orbits(
        field, points.unsqueeze(0), guess, tolerance, tolerance, rough_corrections=0
    )
    return _measured(field, found) if int(found.status[0]) == Status.ORBIT else None


def _tolerance(field: Field) -> float:
    """Return the tolerance of the solver: every kink on the way costs steps by its logarithm."""
    return _ACROSS_KINKS if has_kinks(field) else _TOLERANCE


def _measured(field: Field, found: PeriodicOrbits) -> ClosedOrbit:
    single = found.multipliers()[0]
    return ClosedOrbit(found, states_of(field, found, STATES), single, _attracting(single))


def _threshold(found: Multipliers) -> Tensor:
    threshold: Tensor = (_ERRORS * found.error_estimate).clamp(min=_NEUTRAL)
    return threshold


def _attracting(found: Multipliers) -> bool | None:
    """Leave the multiplier nearest to 1 out: it belongs to the direction of the flow."""
    size = found.log_modulus.abs().nan_to_num(nan=torch.inf)
    others = torch.arange(len(size)) != size.argmin()
    logs, threshold = found.log_modulus[others], _threshold(found)[others]
    if (logs > threshold).any():
        return False
    # Whatever is too small to be resolved is not near 1.
    unresolved = logs.isnan()
    return True if ((logs < -threshold) | unresolved).all() else None


def states_of(field: Field, found: PeriodicOrbits, count: int) -> Float[Tensor, "times dimension"]:
    """Return an orbit, a batch of one, at so many equally spaced times of one period."""
    own = with_units_of_its_own(field, found.points, found.period)
    points = own.to_own(found.points)
    segments = points.shape[1]
    place = torch.arange(count, dtype=torch.float64) * segments / count
    before = place.long()
    # Each from the point found next before it.
    duration = ((place - before) / segments).unsqueeze(-1)
    times = torch.tensor([0.0, 1.0], dtype=torch.float64)
    end = integrate(
        lambda _, y: duration * own(y), points[:, before], times, _PRECISION, _PRECISION
    )[-1]
    return own.from_own(end)[0]
