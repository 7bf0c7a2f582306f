"""Floquet multipliers of random Stuart–Landau systems, whose exact values are known."""

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from neural_spectra.flows.floquet_multipliers import multipliers
from neural_spectra.flows.monodromy import propagate_from
from neural_spectra.flows.reference_systems import StuartLandau


@settings(max_examples=25, deadline=None)
@given(
    mu=st.floats(0.2, 3.0),
    omega=st.floats(-2.0, 2.0),
    shear=st.floats(-2.0, 2.0),
    phase=st.floats(0.0, 1.0),
)
def test_the_error_estimate_covers_the_error_and_is_small(
    mu: float, omega: float, shear: float, phase: float
) -> None:
    assume(abs(omega - shear * mu) > 0.5)
    system = StuartLandau(mu, omega, shear)
    fractions = torch.arange(30, dtype=torch.float64) / 30 + phase
    points = system.orbit(fractions * system.period)
    durations = torch.full((30,), system.period / 30, dtype=torch.float64)
    tight, _ = propagate_from(system, points, durations, 1e-12, 1e-12)
    loose, _ = propagate_from(system, points, durations, 1e-10, 1e-10)
    found = multipliers(tight, loose)
    error = (found.log_modulus - torch.tensor(system.log_multipliers, dtype=torch.float64)).abs()
    assert (error <= found.error_estimate).all()
    assert found.error_estimate.max() < 1e-6
