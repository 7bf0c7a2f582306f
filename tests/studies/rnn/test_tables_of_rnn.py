"""The tables of study 2, on settings small enough for a unit test."""

import math
import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from neural_spectra.config.rnn import RecurrentNetworks
from neural_spectra.studies.rnn import (
    closing_condition,
    euler_limit_cycle,
    invariants,
    periods,
    planar_orbits,
    scaling_study,
    spectral_response,
    theory,
)
from neural_spectra.studies.rnn.scaling_study import Ensemble
from neural_spectra.studies.rnn.theory_of_orbits import Trials
from neural_spectra.studies.tables import joined

ROOT = Path(__file__).parents[3]
BOTH = ["sigma(A x)", "A sigma(x)"]

many_steps = pytest.mark.many_steps


@pytest.mark.parametrize("table", RecurrentNetworks.model_fields)
def test_settings_script_and_function_of_a_table_have_its_name(table):
    script = (ROOT / f"scripts/rnn/{table}.py").read_text(encoding="utf-8")
    assert re.search(rf"^from neural_spectra\.studies\.rnn\.\w+ import .*\b{table}$", script, re.M)


def test_the_level_sets_cross_the_axis_where_the_closed_form_says():
    computed = planar_orbits.level_sets(omega=1.0, levels=[0.2, 1.5, 3.0], points=50, extent=5.0)
    intercepts = computed.table.groupby("level")["intercept"].first()
    expected = [math.acosh(math.exp(level)) for level in (0.2, 1.5, 3.0)]
    assert list(intercepts) == pytest.approx(expected, rel=1e-12)
    assert computed.residuals["level_defect"] < 1e-10


def test_eulers_linear_orbit_grows_by_the_exact_factor_each_step():
    row = {"omega": 1.0, "step": 0.05, "duration": 60.0, "start": [1.5, 0.0]}
    table = planar_orbits.orbits(activations=["identity"], rows=[row], points=100).table
    radius = np.hypot(table["x"], table["y"]).to_numpy()
    steps = (table["t"] / 0.05).round()
    np.testing.assert_allclose(radius, 1.5 * (1 + 0.05**2) ** (steps / 2), rtol=1e-12)


def test_the_distance_from_the_flow_is_eulers_error_of_first_order():
    row = {"omega": 1.0, "duration": 6.0, "start": [1.5, 0.0]}
    rows = [row | {"step": step} for step in (0.01, 0.005)]
    found = planar_orbits.orbits(activations=["tanh"], rows=rows, points=100).residuals
    coarse, fine = (found[f"distance_from_flow_row_{k}"] for k in range(2))
    assert coarse / fine == pytest.approx(2, abs=0.1)


def test_relu_stops_where_its_norm_passes_the_threshold():
    computed = planar_orbits.non_odd_activations(
        activations=["relu", "tanh"],
        omegas=[2.0, 5.0, 10.0],
        start=[-1.0, -0.5],
        step=0.01,
        duration=20.0,
        threshold=20.0,
    )
    table = computed.table
    assert set(computed.residuals) == {"distance_from_flow_relu", "distance_from_flow_tanh"}
    stops = table.groupby(["activation", "omega"])["stopped_step"].first()
    assert list(stops["relu"]) == [1087, 426, 206]
    assert list(stops["tanh"]) == [-1, -1, -1]
    last = table.query("activation == 'relu'").groupby("omega").last()
    assert (np.hypot(last["x"], last["y"]) > 20).all()


@many_steps
def test_the_highest_line_is_the_exact_fundamental():
    curves = [{"activation": "tanh", "level": 1.0}, {"activation": "hardtanh", "level": 10.0}]
    computed = spectral_response.spectral_response(
        curves=curves,
        omegas=[5.0, 15.0],
        start=[1.0, 0.0],
        step=0.01,
        every=2,
        duration=60.0,
        highest_frequency=5.0,
    )
    assert computed.residuals["peak_frequency_error"] < 1e-3
    peaks = computed.table.groupby(["activation", "omega"])["exact_frequency"].first()
    assert peaks["tanh", 5.0] == pytest.approx(0.219552246312, rel=1e-10)
    assert peaks["hardtanh", 15.0] == pytest.approx(1.875, rel=1e-10)


def test_the_spectrograms_and_signals_of_every_size_are_there():
    computed = spectral_response.euler_instability(
        form="A sigma(x)",
        activation="tanh",
        sizes=[2, 5],
        scaling="frobenius norm",
        size=5 * math.sqrt(2),
        seed=0,
        planar_start=[1.0, 0.5],
        step=0.05,
        duration=20.0,
        window=64,
        hop=16,
    )
    assert set(computed.table.groupby(["kind", "n"]).groups) == {
        (kind, n) for kind in ("signal", "spectrogram") for n in (2, 5)
    }
    assert (computed.table.query("kind == 'spectrogram'")["value"] >= 0).all()
    starts = computed.table.query("kind == 'signal' and t == 0").set_index("n")["value"]
    assert starts[2] == 1.0
    assert starts[5] == scaling_study.random_starts(5, [0])[0, 0]
    assert 0 < computed.residuals["change_by_rounding"] < 1e-12


STUDY = {
    "forms": BOTH,
    "scalings": {"frobenius norm": 5 * math.sqrt(2), "entries": 5.0},
    "activation": "tanh",
    "sizes": [2, 6],
}


def test_euler_never_lowers_the_energy():
    networks = Ensemble(**STUDY, seeds=range(3), step=0.05, duration=20.0)
    computed = scaling_study.scaling_study(networks)
    assert len(computed.table) == 2 * 2 * 2 * 3
    assert computed.residuals["largest_energy_decrease"] == 0
    assert (computed.table["entropy"] > 0).all()


def test_a_decrease_of_the_energy_is_seen():
    study = STUDY | {"activation": "bump"}  # not monotone
    networks = Ensemble(**study, seeds=range(3), step=0.5, duration=100.0)
    computed = scaling_study.scaling_study(networks)
    assert computed.residuals["largest_energy_decrease"] > 0.01


@many_steps
def test_the_power_of_an_output_is_the_mean_of_its_square():
    # A linear Euler orbit of the plane: |x|² grows by 1 + h²ω² in a step, and x_1² has half of it.
    study = {"forms": ["sigma(A x)"], "scalings": {"spectral radius": 1.0}, "sizes": [2]}
    networks = Ensemble(
        **study, activation="identity", seeds=range(3), step=0.01, duration=200 * math.pi
    )
    table = scaling_study.scaling_study(networks).table
    squares = np.square(scaling_study.random_starts(2, range(3))).sum(axis=-1)
    grown = squares * np.expm1(2 * math.pi) / (2 * math.pi)
    assert list(table["power"]) == pytest.approx(list(grown / 2), rel=0.01)


@many_steps
def test_the_exponents_of_planar_networks_vanish_within_their_error():
    networks = Ensemble(**STUDY, seeds=range(3), step=0.04, duration=100.0)
    table = scaling_study.lyapunov(networks).table
    plane = table[table["n"] == 2]
    assert (plane["exponent"].abs() < plane["error_estimate"] + 0.1).all()


@many_steps
def test_seeds_computed_apart_give_the_table_of_all_seeds_at_once_to_the_last_bit():
    networks = partial(Ensemble, **STUDY, step=0.04, duration=20.0)
    for compute in (scaling_study.scaling_study, scaling_study.lyapunov):
        apart = [compute(networks(seeds=seeds)) for seeds in ([0, 1], [2, 3], [4])]
        parts, whole = joined(apart, ["form", "n", "scaling"]), compute(networks(seeds=range(5)))
        pd.testing.assert_frame_equal(parts.table, whole.table, check_exact=True)
        assert parts.residuals == whole.residuals


@many_steps
def test_simulated_periods_and_harmonics_agree_with_the_closed_forms():
    computed = periods.periods(
        forms=BOTH,
        activations=["tanh", "hardtanh"],
        omegas=[5.0],
        levels=[0.2, 1.5],
        harmonics=4,
        rtol=1e-12,
        atol=1e-13,
    )
    assert computed.residuals["relative_error"] < 1e-9
    assert computed.residuals["harmonic_error"] < 1e-6
    backbone = periods.period_backbone(computed.table, activations=["tanh"], levels=[0.2, 1.5])
    assert set(backbone["kind"]) == {"exact", "simulated"}
    assert backbone.query("level == 1.5")["scaled_period"].to_numpy() == pytest.approx(
        11.6415709638, rel=1e-9
    )


def test_the_average_vector_field_conserves_every_invariant():
    computed = invariants.invariants(
        forms=BOTH,
        activations=["tanh", "bump"],
        sizes=[3],
        integrators=["euler", "average vector field"],
        steps=[0.05],
        seeds=2,
        scaling="spectral radius",
        size=2.0,
        duration=1.0,
    )
    assert computed.residuals["average_vector_field_drift"] < 1e-12
    table = computed.table.query("integrator == 'average vector field'").set_index("form")
    assert table.loc["A sigma(x)", "kernel_drift"].max() < 1e-12
    assert table.loc["sigma(A x)", "kernel_drift"].min() > 1e-6


@many_steps
def test_eulers_drift_follows_the_averaged_law():
    computed = invariants.drift_map(
        activations=["identity", "tanh", "hardtanh"],
        omegas=[1.0, 5.0],
        steps=[0.001],
        start=[1.0, 0.0],
    )
    assert computed.residuals["distance_from_law_at_gentlest"] < 0.02


@many_steps
def test_drift_falls_with_the_order_of_the_integrator():
    computed = invariants.integrators(
        activations=["tanh"],
        integrators=["euler", "rk4", "implicit midpoint", "average vector field"],
        omega=1.0,
        level=1.5,
        steps=[0.2, 0.1, 0.05],
        duration=20.0,
    )
    assert computed.residuals["average_vector_field_drift"] < 1e-13
    assert 0 < computed.residuals["order_scatter"] < 0.2
    order = computed.table.groupby("integrator")["order"].first()
    assert order["euler"] == pytest.approx(1, abs=0.25)
    assert order["implicit midpoint"] == pytest.approx(2, abs=0.25)
    assert order["rk4"] > 3.7
    assert math.isnan(order["average vector field"])


def test_euler_and_damping_make_a_cycle_below_the_threshold_only():
    table = euler_limit_cycle.euler_limit_cycle(
        activation="tanh",
        settings=[{"omega": 1.0, "step": 0.2}],
        fractions=[0.3, 1.3],
        inside=0.05,
        outside=8.0,
        turns=200,
    ).table
    seen = table.groupby("gamma")["seen"].all()
    assert list(seen) == [True, False]
    cycle = table[table["gamma"] < table["threshold"]]["amplitude"]
    assert cycle.max() / cycle.min() == pytest.approx(1, abs=0.02)


def test_the_sign_condition_and_an_unbounded_potential_close_orbits_not_oddness():
    table = closing_condition.closing_condition(
        activations=["tanh", "elu", "sigmoid", "bump"],
        omega=1.0,
        start=[2.0, 1.0],
        duration=40.0,
        samples=10_000,
        points=100,
        rtol=1e-10,
        atol=1e-11,
    ).table
    closes = table.groupby("activation")["closes"].first()
    assert closes.to_dict() == {"tanh": True, "elu": True, "sigmoid": False, "bump": False}
    odd = table.groupby("activation")["odd"].first()
    assert odd.to_dict() == {"tanh": True, "elu": False, "sigmoid": False, "bump": True}


def test_an_orbit_that_runs_away_does_not_come_back():
    time = np.linspace(0, 10, 1001)
    assert closing_condition.return_distance(np.stack((time, time**2), axis=-1)) == 1


def test_an_orbit_comes_back_as_near_as_after_it_has_turned_around():
    there = np.linspace(0, 1, 101)
    back = np.linspace(1, 0.3, 71)
    on = np.linspace(0.3, 0.8, 51)
    path = np.concatenate((there, back, on))
    states = np.stack((path, 0 * path), axis=-1)
    assert closing_condition.return_distance(states) == pytest.approx(0.3)


def test_a_loop_beside_the_start_is_no_return():
    # A slow circle with a fast small one on it, from a point where both have begun.
    angle = np.linspace(0, 1.9 * np.pi, 20_000)
    path = np.exp(1j * angle) + 0.02 * np.exp(40j * angle)
    states = np.stack((path.real, path.imag), axis=-1)
    distance = closing_condition.return_distance(states)
    assert distance == pytest.approx(np.sin(0.05 * np.pi), abs=0.02)


@pytest.fixture(scope="module")
def tried():
    return theory.theory(Trials(seeds=4, duration=100.0, step=0.05, rtol=1e-12, atol=1e-13))


@pytest.fixture(scope="module")
def verdicts(tried):
    return tried.table


@many_steps
def test_the_values_of_the_theory_hardly_change_with_the_step(tried):
    assert 0 < tried.residuals["change_at_twice_the_step"] < 1e-3


@many_steps
def test_a_defective_imaginary_pair_is_unstable_though_no_real_part_is_positive(verdicts):
    linear = verdicts[verdicts["statement"].str.contains("spectrum")].set_index("case")
    assert linear.loc["defective imaginary pair", "verdict"] == "unstable"
    assert linear.loc["the same imaginary pair twice", "verdict"] == "stable"
    assert linear.loc["skew-symmetric, n = 5", "verdict"] == "stable"
    assert linear.loc["imaginary pair, damped", "verdict"] == "asymptotically stable"


@many_steps
def test_a_matrix_that_is_not_skew_symmetric_may_oscillate_for_ever(verdicts):
    rows = verdicts[verdicts["statement"].str.contains("needs")]
    assert list(rows["verdict"]) == ["oscillates for ever"] * 3 + ["dies away"]


@many_steps
def test_the_kernel_is_an_invariant_of_one_form_only(verdicts):
    rows = verdicts[verdicts["statement"].str.contains("v·x")]
    assert list(rows["verdict"]) == ["conserved", "not conserved"]


@many_steps
def test_orbits_of_a_bounded_potential_close_below_its_limit_only(verdicts):
    rows = verdicts[verdicts["statement"].str.contains("limit of Φ")]
    assert list(rows["verdict"]) == ["closes", "does not close"]
