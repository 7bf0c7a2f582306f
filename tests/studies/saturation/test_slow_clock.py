"""The same orbit at every shift of the biases, run ever more slowly."""

import math

import pytest
import torch

from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.studies.saturation.slow_clock import fitted, slow_clock

SYSTEM = {"mu": 1.0, "omega": 1.0, "shear": 0.0}
SHIFTS = [2.0, 6.0, 12.0, 50.0]


@pytest.fixture(scope="module")
def orbits():
    computed = slow_clock(system=SYSTEM, units=200, shifts=SHIFTS)
    assert computed.residuals["shooting_defect"] < 1e-10
    assert computed.residuals["trivial_multiplier_defect"] < 1e-10
    return computed.table.drop_duplicates("m").set_index("m")


def test_in_its_own_time_the_field_is_that_of_the_tanh_network():
    field = fitted(StuartLandau(**SYSTEM), 200, [0.5, 1.0, 2.0])
    x = torch.randn(3, 7, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    epsilon = field.log_epsilon.exp()[:, None, None]
    torch.testing.assert_close(epsilon * field(x), field.network()(x), rtol=1e-9, atol=1e-11)
    torch.testing.assert_close(
        epsilon.unsqueeze(-1) * field.jacobian(x),
        field.network().jacobian(x),
        rtol=1e-9,
        atol=1e-11,
    )


def test_saturation_and_bound_vanish_while_the_period_grows_as_their_inverse(orbits):
    first, last = orbits.loc[6.0], orbits.loc[12.0]
    slower = math.exp(12)
    assert first["delta"] / last["delta"] == pytest.approx(slower, rel=1e-2)
    assert first["bound"] / last["bound"] == pytest.approx(slower, rel=1e-2)
    assert last["period"] / first["period"] == pytest.approx(slower, rel=1e-2)


def test_the_orbit_keeps_its_determinant_and_period_in_rescaled_time(orbits):
    for m in [6.0, 12.0, 50.0]:
        row = orbits.loc[m]
        assert row["ln_det"] == pytest.approx(-4 * math.pi, abs=1e-3)
        assert row["ln_modulus"] == pytest.approx(row["ln_det"], abs=1e-9)
        assert row["rescaled_period"] == pytest.approx(2 * math.pi, abs=1e-3)


def test_with_little_saturation_the_orbit_is_another(orbits):
    assert orbits.loc[2.0, "rescaled_period"] > 6.4


def test_the_bound_times_the_period_stays(orbits):
    assert orbits.loc[50.0, "bound_period"] == pytest.approx(
        orbits.loc[6.0, "bound_period"], rel=1e-2
    )
