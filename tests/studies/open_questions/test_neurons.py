"""The tables of the neurons: what they say of cycles, of where these end, and of the bound."""

import numpy as np
import pytest

from neural_spectra.studies.open_questions.companion_orbits import companion_orbits
from neural_spectra.studies.open_questions.current_diagram import current_diagram
from neural_spectra.studies.open_questions.homoclinic_limit import homoclinic_limit

SADDLE = [-0.186, 0.019]


@pytest.fixture(scope="module")
def limit():
    return homoclinic_limit(
        constants="dimensionless",
        saddle=SADDLE,
        between=[0.0729, 0.07296],
        first_period=17.0,
        distances=[1e-7, 1e-6, 1e-5],
        periods=[100.0, 1000.0],
        tolerance=1e-11,
        networks={"hidden": 12, "seeds": 1, "points": 200, "steps": 60, "within": 1e-3},
    )


@pytest.fixture(scope="module")
def diagram():
    return current_diagram(
        sets={"dimensionless": {"potentials": [-0.45, 0.3], "longest_period": 5.0}},
        connections={},
        marked={},
        equilibria=60,
        tolerance=1e-11,
    )


def rows_of(limit, source, method="cycle"):
    return limit.table.query("source == @source and method == @method")


@pytest.mark.parametrize("source", ["neuron", "network"])
def test_the_period_grows_by_the_logarithm_of_the_distance(limit, source):
    table = rows_of(limit, source)
    assert (table["status"] == "orbit").all()
    slopes = np.diff(table["period"]) / np.diff(np.log(table["distance"]))
    np.testing.assert_allclose(slopes, table["expected_period_slope"][1:], rtol=2e-3)


@pytest.mark.parametrize("source", ["neuron", "network"])
def test_ln_det_grows_with_the_period_at_the_rate_of_the_saddles_trace(limit, source):
    table = rows_of(limit, source)
    np.testing.assert_allclose(table["rate"][1:], table["trace_at_saddle"][1:], rtol=2e-3)
    assert table["trace_at_saddle"].iloc[0] == pytest.approx(-1.12042, rel=0.02)
    off = (table["ln_modulus"] - table["ln_det"]).abs()
    assert (off <= table["error_estimate"]).all()


def test_the_neurons_saddle_has_the_trace_that_other_ways_give(limit):
    assert rows_of(limit, "neuron")["trace_at_saddle"].iloc[0] == pytest.approx(-1.12042, abs=1e-5)


@pytest.mark.parametrize("source", ["neuron", "network"])
def test_the_homoclinic_orbit_tells_ln_det_of_cycles_that_are_nearly_as_long(limit, source):
    cycle = rows_of(limit, source).iloc[-1]
    beyond = rows_of(limit, source, "homoclinic orbit").iloc[0]
    passed = beyond["period"] - cycle["period"]
    expected = cycle["ln_det"] + passed * cycle["trace_at_saddle"]
    assert beyond["ln_det"] == pytest.approx(expected, abs=2e-4)
    assert limit.residuals["ln_det_by_homoclinic_orbit"] < 2e-4


@pytest.mark.parametrize("source", ["neuron", "network"])
def test_the_bound_stays_above_what_it_bounds_and_comes_nearer(limit, source):
    table = limit.table.query("source == @source")
    ratio = table["bound_over_ln_det"]
    assert (ratio > table["limit_of_ratio"]).all()
    assert (ratio.diff()[1:] < 0).all()
    assert limit.residuals["shooting_defect"] < 1e-10


def test_the_papers_bound_of_a_network_is_above_the_norm_of_its_jacobian(limit):
    networks = limit.table.query("source == 'network'")
    assert (networks["certified_bound"] > networks["largest_norm"]).all()
    assert (networks["certified_over_ln_det"].diff()[1:] < 0).all()
    assert limit.residuals["outside_the_box"] == 0
    assert limit.residuals["share_of_networks_without_connection"] == 0


def test_cycles_fold_between_a_stable_and_an_unstable_part(diagram):
    cycles = diagram[0].table.query("kind == 'cycle'")
    fold = diagram[1].table.query("kind == 'fold of cycles'")
    assert cycles["current"].max() <= float(fold["current"].iloc[0]) + 1e-9
    assert float(fold["current"].iloc[0]) == pytest.approx(0.0845695, abs=1e-6)
    # From the Hopf point on unstable, and stable from the fold on.
    assert cycles["stable"].is_monotonic_increasing
    assert set(cycles["stable"]) == {True, False}
    assert (cycles["stable"] == (cycles["ln_det"] < 0)).all()
    assert (cycles["lowest"] < cycles["highest"]).all()


def test_the_cycles_begin_at_the_hopf_point(diagram):
    hopf = diagram[1].table.query("kind == 'Hopf'").iloc[0]
    first = diagram[0].table.query("kind == 'cycle'").iloc[0]
    assert first["current"] == pytest.approx(hopf["current"], abs=2e-4)
    assert first["lowest"] < hopf["potential"] < first["highest"]


def test_equilibria_are_stable_where_nothing_grows(diagram):
    equilibria = diagram[0].table.query("kind == 'equilibrium'")
    assert (equilibria["stable"] == (equilibria["growth"] < 0)).all()
    assert equilibria["period"].isna().all()


def test_the_homoclinic_set_comes_to_rest_at_the_companion_papers_current():
    search = {"windows": 10, "rtol": 1e-9, "atol": 1e-9}
    found = companion_orbits(
        currents={"homoclinic": 50.0}, potentials=[40.0], openings=[0.0], search=search
    )
    assert found.table["status"].tolist() == ["equilibrium"]
    assert found.residuals == {"share_undecided": 0.0}
