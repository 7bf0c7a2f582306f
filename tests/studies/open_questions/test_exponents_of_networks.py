"""Networks fitted in a tube around a cycle: their exponents, and the windows that hold these."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from neural_spectra.flows.close_returns import Search, Status
from neural_spectra.flows.integration import simulate
from neural_spectra.flows.neuron_models import HodgkinHuxley
from neural_spectra.flows.reference_systems import StuartLandau
from neural_spectra.flows.shooting import find_periodic_orbits, refine_periodic_orbits
from neural_spectra.networks.training import mean_squared_error
from neural_spectra.studies.open_questions.exponents_of_networks import (
    networks_beside,
    windows_of_field,
    windows_of_networks,
)
from neural_spectra.studies.open_questions.fitted_networks import fitted
from neural_spectra.studies.open_questions.hodgkin_huxley import (
    hodgkin_huxley,
    of_neuron_and_networks,
)
from neural_spectra.studies.open_questions.states_around_orbits import states_along, tube

TOLERANCE = 1e-10
# V, n, m and h on the cycle of the neuron at I = 10, while it recovers, and its period.
STATE, PERIOD = (-68.21469335, 0.44380396, 0.03425999, 0.40108525), 14.63621
SETTINGS = {"seeds": 2, "points": 200, "radius": 0.2, "tolerance": TOLERANCE}


@pytest.fixture(scope="module")
def stuart_landau():
    """The cycle of a field whose exponents are 0 and −2, and networks beside it."""
    system = StuartLandau(mu=1.0, omega=1.0)
    starts = torch.tensor([[[0.3, 0.0]]], dtype=torch.float64)
    cycle = find_periodic_orbits(system, starts, Search())
    return networks_beside(system, cycle, hidden=12, steps=60, **SETTINGS)


@pytest.fixture(scope="module")
def neuron():
    start = torch.tensor([[STATE]], dtype=torch.float64)
    path = simulate(HodgkinHuxley(10.0), start, PERIOD, PERIOD / 480)[:480:16, 0]
    period = torch.tensor([PERIOD], dtype=torch.float64)
    cycle = refine_periodic_orbits(HodgkinHuxley(10.0), path.movedim(0, 1), period, 1e-9, 1e-9)
    settings = {**SETTINGS, "hidden": 24, "steps": 50, "points": 300, "radius": 0.1}
    return of_neuron_and_networks(10.0, cycle, settings)


def test_the_networks_have_the_cycle_and_the_exponents_of_the_field(stuart_landau):
    orbits = stuart_landau.orbits
    assert (orbits.status == Status.ORBIT).all()
    exponents = orbits.multipliers().log_modulus / orbits.period[:, None]
    expected = torch.tensor([[0.0, -2.0]] * 2, dtype=torch.float64)
    torch.testing.assert_close(exponents, expected, atol=0.02, rtol=0)
    radii = orbits.points.norm(dim=-1)
    torch.testing.assert_close(radii, torch.ones_like(radii), atol=1e-2, rtol=0)


def test_the_windows_of_the_logarithmic_norm_hold_all_exponents_and_lie_in_the_others(
    stuart_landau,
):
    orbits = stuart_landau.orbits
    exponents = orbits.multipliers().log_modulus / orbits.period[:, None]
    windows = windows_of_networks(stuart_landau.networks, orbits, TOLERANCE)
    assert (windows.lower[:, None] < exponents).all()
    assert (exponents < windows.upper[:, None]).all()
    assert (windows.upper < windows.refined_bound).all()
    assert (-windows.refined_bound < windows.lower).all()
    assert (windows.largest_norm < windows.refined_bound).all()
    assert (windows.refined_bound <= windows.bound).all()


def test_certified_windows_hold_the_sampled_ones_and_are_hardly_wider(stuart_landau):
    windows = windows_of_networks(stuart_landau.networks, stuart_landau.orbits, TOLERANCE)
    above = windows.upper - windows.upper_sampled
    below = windows.lower_sampled - windows.lower
    assert (above > 0).all()
    assert (below > 0).all()
    assert torch.maximum(above, below).max() < 0.05


def test_the_window_of_stuart_landau_is_as_narrow_as_its_exponents_without_shear():
    # On the circle the symmetric part has the eigenvalues 0 and −2, at every point.
    angles = 2 * math.pi * torch.arange(8, dtype=torch.float64) / 8
    circle = torch.stack([angles.cos(), angles.sin()], -1).unsqueeze(0)
    windows = windows_of_field(StuartLandau(mu=1.0, omega=1.0), circle)
    assert windows.upper_sampled.item() == pytest.approx(0.0, abs=1e-14)
    assert windows.lower_sampled.item() == pytest.approx(-2.0, abs=1e-14)
    assert windows.bound.isnan().all()


def test_computed_states_are_nearer_to_the_orbit_than_the_tube_allows_for(stuart_landau):
    networks, orbits = stuart_landau.networks, stuart_landau.orbits
    states = states_along(networks, orbits.points, orbits.period, 16, TOLERANCE)
    closer = states_along(networks, orbits.points, orbits.period, 16, 1e-13)
    assert (states - closer).abs().max() < 1e-9
    assert orbits.shooting_defect.max() < 1e-9


def test_a_network_without_a_cycle_has_no_window(stuart_landau):
    status = torch.full((2,), Status.SEEN_NOT_REFINED)
    orbits = replace(stuart_landau.orbits, status=status)
    windows = windows_of_networks(stuart_landau.networks, orbits, TOLERANCE)
    assert torch.stack(windows).isnan().all()


def test_points_of_the_tube_are_no_farther_than_its_radius_from_the_curve():
    angles = 2 * math.pi * torch.arange(1000, dtype=torch.float64) / 1000
    circle = torch.stack([angles.cos(), angles.sin(), 0 * angles], -1)
    points = tube(circle, 50, 0.1)
    assert torch.cdist(points, circle).amin(1).max() <= 0.1
    # Half of the places are equally spaced in length, so that none of a fifth of it is left out.
    turns = torch.atan2(points[:, 1], points[:, 0]).sort().values
    assert turns.diff().max() < 2 * math.pi / 5


def test_slow_components_are_fitted_as_well_as_fast_ones():
    generator = torch.Generator().manual_seed(0)
    states = 2 * torch.rand(100, 2, generator=generator, dtype=torch.float64) - 1
    velocities = torch.stack([1e3 * states[:, 1].sin(), 1e-3 * states[:, 0].cos()], -1)
    network, losses = fitted(states, velocities, hidden=8, seeds=[0, 1], steps=60)
    off = (network(states) - velocities).abs().amax(1) / velocities.std(0)
    assert off.max() < 1e-2
    equalised = mean_squared_error(network, states, velocities)
    assert (losses < 1e-4).all()
    assert (equalised > losses).all()


def test_the_rows_of_the_neuron_and_of_the_networks_agree_on_what_they_share(neuron):
    table = neuron.table
    multipliers = table[table["kind"] == "multiplier"]
    assert (multipliers["status"] == "orbit").all()
    of_neuron = multipliers[multipliers["source"] == "neuron"].set_index("index")
    assert of_neuron["exponent"][2] == pytest.approx(-0.1778381, abs=1e-6)
    theirs = multipliers[multipliers["source"] == "network"]
    assert len(theirs) == 2 * 4
    ratio = theirs["exponent"] / of_neuron["exponent"].loc[theirs["index"]].to_numpy()
    transverse = theirs["index"] > 1
    np.testing.assert_allclose(
        (ratio - 1).abs()[transverse], theirs["relative_error"][transverse], rtol=1e-12
    )
    assert (theirs["inside_by"] > 0).all()
    assert (theirs["narrower"] >= theirs["narrower_than_refined"]).all()
    total = theirs.groupby("seed")["ln_modulus"].sum()
    np.testing.assert_allclose(total, theirs.groupby("seed")["ln_det"].first(), rtol=1e-9)


def test_potentials_run_through_one_spike_in_a_period(neuron):
    potentials = neuron.table[neuron.table["kind"] == "potential"]
    for _, path in potentials.groupby(["source", "seed"]):
        assert len(path) == 128
        assert path["potential"].max() > 20
        assert path["potential"].min() < -65
        assert path["time"].is_monotonic_increasing
        assert path["time"].iloc[0] == 0


def test_where_there_is_no_orbit_there_are_no_states(stuart_landau):
    networks, orbits = stuart_landau.networks[:0], stuart_landau.orbits
    states = states_along(networks, orbits.points[:0], orbits.period[:0], 4, TOLERANCE)
    assert states.shape == (0, 128, 2)


def test_a_neuron_at_rest_has_no_networks():
    search = {"segments": 30, "rtol": 1e-9, "atol": 1e-9}
    found = hodgkin_huxley(currents=[0.0], start=[-60.0, 0.3, 0.1, 0.5], search=search, networks={})
    assert set(found.table["source"]) == {"neuron"}
    assert set(found.table["status"]) == {"equilibrium"}
    assert found.table["exponent"].isna().all()
    assert found.residuals["orbits_missing"] == 1
