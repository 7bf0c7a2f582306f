"""What a network does: held against SciPy, and against fields whose answers are known."""

import json
import math
from functools import cache

import pytest
import torch
from fields_of_users import (
    FAST,
    WithJacobian,
    bistable,
    fitted,
    linear,
    morris_lecar,
    period_by_scipy,
    roessler,
    two_oscillators,
    understood,
    van_der_pol,
    without_layers,
)

from neural_spectra.errors import InputError
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.own.flow import analyse_flow
from neural_spectra.studies.own.table_names import TABLES

pytestmark = pytest.mark.many_steps

NETWORKS = {
    "van der Pol": lambda: fitted(van_der_pol, [-3.0, -4.0], [3.0, 4.0], activation="silu"),
    "neuron": lambda: fitted(morris_lecar, [-70.0, -0.1], [50.0, 0.7], gain=2.5),
    "focus": lambda: fitted(linear([-0.1, 1.0], [-1.0, -0.1]), [-2.0, -2.0], [2.0, 2.0]),
    "saddle": lambda: fitted(linear([1.0, 0.0], [0.0, -1.0]), [-2.0, -2.0], [2.0, 2.0]),
    "bistable": lambda: WithJacobian(bistable, 2),
    "centre": lambda: WithJacobian(linear([0.0, 1.0], [-1.0, 0.0]), 2),
    "spreading": lambda: WithJacobian(linear([1.0, 1.0], [-1.0, 1.0]), 2),
    "Rössler": lambda: WithJacobian(roessler, 3),
    "torus": lambda: WithJacobian(two_oscillators, 4),
    "slow": lambda: without_layers(lambda x: -(x**3), 1),
}


@cache
def field_of(name):
    return NETWORKS[name]()


@cache
def analysis_of(name):
    field = field_of(name)
    return analyse_flow(
        field, name=name, understood=understood(field), verified=True, settings=FAST
    )


def answers_of(name):
    return analysis_of(name).answers


@pytest.mark.parametrize(
    ("name", "start", "settling"),
    [("van der Pol", [1.0, 1.0], 100.0), ("neuron", [0.0, 0.3], 1500.0)],
)
def test_the_cycle_of_a_network_is_scipys(name, start, settling):
    orbit = answers_of(name)["orbits"][0]
    period, ln_det, amplitude = period_by_scipy(field_of(name), start, settling)
    assert orbit["status"] == "orbit"
    assert orbit["attracting"]
    assert orbit["period"] == pytest.approx(period, rel=1e-7)
    assert orbit["ln_det"] == pytest.approx(ln_det, rel=1e-6)
    assert sum(orbit["ln_moduli"]) == pytest.approx(ln_det, rel=1e-6)
    table = analysis_of(name).tables["flow_orbits"].query("orbit == 1")
    assert table["amplitude"].to_numpy() == pytest.approx(amplitude, rel=1e-3)


def test_multipliers_have_error_estimates_and_one_of_them_is_1():
    orbit = answers_of("van der Pol")["orbits"][0]
    assert len(orbit["ln_moduli"]) == len(orbit["error_estimates"]) == 2
    assert min(map(abs, orbit["ln_moduli"])) < 1e-9
    assert max(orbit["error_estimates"]) < 1e-6


@pytest.mark.parametrize("name", NETWORKS)
def test_answers_are_ready_for_json_and_have_the_keys_of_a_summary(name):
    answers = json.loads(json.dumps(answers_of(name), allow_nan=False))
    assert set(answers) == {
        "network",
        "verified",
        "equilibria",
        "orbits",
        "exponents",
        "saturation",
        "bounds",
        "certificates",
        "sentences",
    }
    assert set(answers["bounds"]) == {"region", "C", "refined", "jacobian", "logarithmic_norm"}
    for orbit in answers["orbits"]:
        assert set(orbit) == {
            "status",
            "period",
            "ln_det",
            "ln_moduli",
            "error_estimates",
            "attracting",
            "bound_period",
        }


@pytest.mark.parametrize("name", NETWORKS)
def test_there_are_always_the_same_tables_and_a_summary(name):
    analysis = analysis_of(name)
    assert set(analysis.tables) == set(TABLES["flow"])
    assert analysis.summary().startswith(f"{name} is a vector field in ")


def test_one_attracting_cycle_is_proved_around_the_fitted_oscillators():
    proved = [
        certificate["statement"]
        for certificate in answers_of("van der Pol")["certificates"]
        if certificate["verdict"] == "proved"
    ]
    assert any("exactly one closed orbit, attracting" in statement for statement in proved)
    portrait = analysis_of("van der Pol").tables["flow_portrait"]
    assert {"annulus left", "annulus right"} <= set(portrait["kind"])


def test_millivolts_beside_fractions_are_measured_by_units_of_their_own():
    bounds = analysis_of("neuron").tables["flow_bounds"]
    assert bounds["unit"].iloc[0] >= 64 * bounds["unit"].iloc[1]
    # In the states' own units the same bound is larger by orders of magnitude.
    assert answers_of("neuron")["bounds"]["jacobian"] < 50


def test_what_was_found_lies_in_every_window():
    for name in ("van der Pol", "neuron", "focus"):
        for _, rows in analysis_of(name).tables["flow_windows"].groupby("orbit"):
            found = rows.loc[rows["what"] == "found", "lower"]
            windows = rows[rows["what"] != "found"]
            assert len(windows) >= 4
            assert (windows["lower"] <= found.min() + 1e-9).all()
            assert (windows["upper"] >= found.max() - 1e-9).all()


def test_c_times_t_is_at_least_two_pi():
    for name in ("van der Pol", "neuron"):
        answers = answers_of(name)
        for orbit in answers["orbits"]:
            assert orbit["bound_period"] == pytest.approx(answers["bounds"]["C"] * orbit["period"])
            assert answers["bounds"]["jacobian"] * orbit["period"] >= 2 * math.pi


def test_a_damped_focus_attracts_all_and_a_ball_around_it_is_proved_to_contract():
    answers = answers_of("focus")
    (rest,) = answers["equilibria"]
    assert rest["stable"] is True
    assert rest["eigenvalues_real"] == pytest.approx([-0.1, -0.1], abs=2e-3)
    assert rest["eigenvalues_imag"] == pytest.approx([1.0, -1.0], abs=2e-3)
    assert answers["orbits"] == []
    assert set(analysis_of("focus").tables["flow_starts"]["goes_to"]) == {"equilibrium"}
    proved = [c["statement"] for c in answers["certificates"] if c["verdict"] == "proved"]
    assert any("tends to an equilibrium there" in statement for statement in proved)


@pytest.mark.parametrize("name", ["saddle", "spreading"])
def test_a_field_that_keeps_nothing_says_that_all_leave(name):
    answers = answers_of(name)
    assert [rest["stable"] for rest in answers["equilibria"]] == [False]
    assert answers["orbits"] == []
    assert set(analysis_of(name).tables["flow_starts"]["goes_to"]) == {"leaves"}
    assert any("8 of 8 trajectories leave every ball" in text for text in answers["sentences"])


def test_a_linear_centre_is_a_family_of_closed_orbits_that_does_not_attract():
    answers = answers_of("centre")
    (rest,) = answers["equilibria"]
    assert rest["stable"] is None
    assert len(answers["orbits"]) > 1
    for orbit in answers["orbits"]:
        assert orbit["attracting"] is None
        assert orbit["period"] == pytest.approx(2 * math.pi, rel=1e-10)
    assert any("family of closed orbits" in text for text in answers["sentences"])


def test_a_repelling_orbit_between_rest_and_cycle_is_found_backwards():
    radii = {True: math.sqrt(1 + math.sqrt(0.5)), False: math.sqrt(1 - math.sqrt(0.5))}
    orbits = analysis_of("bistable").tables["flow_orbits"].groupby("attracting")
    for attracting, radius in radii.items():
        rows = orbits.get_group("yes" if attracting else "no")
        assert rows["amplitude"].to_numpy() == pytest.approx([radius, radius], rel=1e-4)
    # d(r')/dr = r (4r − 4r³) at the circles, over a turn of 2π.
    for orbit in answers_of("bistable")["orbits"]:
        square = radii[orbit["attracting"]] ** 2
        assert orbit["ln_det"] == pytest.approx(2 * math.pi * 4 * square * (1 - square), rel=1e-8)
    goals = set(analysis_of("bistable").tables["flow_starts"]["goes_to"])
    assert "orbit" in goals


def test_roesslers_chaos_has_the_exponent_known_from_the_literature():
    answers = answers_of("Rössler")
    largest, middle, smallest = answers["exponents"]
    assert 0 < largest["error"] < 0.01
    assert largest["exponent"] == pytest.approx(0.0714, abs=4 * largest["error"])
    assert middle["exponent"] == pytest.approx(0.0, abs=4 * middle["error"])
    assert smallest["exponent"] == pytest.approx(-5.39, abs=0.1)
    assert any("chaos" in text for text in answers["sentences"])
    assert not any(orbit["attracting"] for orbit in answers["orbits"])


def test_two_oscillators_of_incommensurate_frequencies_are_quasi_periodic():
    answers = answers_of("torus")
    exponents = [found["exponent"] for found in answers["exponents"]]
    assert exponents == pytest.approx([0, 0, -2, -2], abs=1e-5)
    assert answers["orbits"] == []
    assert any("quasi-periodic" in text for text in answers["sentences"])


def test_rest_that_is_approached_slower_than_any_exponential_is_told():
    answers = answers_of("slow")
    (rest,) = answers["equilibria"]
    assert rest["stable"] is None
    assert set(analysis_of("slow").tables["flow_starts"]["goes_to"]) == {"equilibrium"}


def test_a_field_without_layers_has_no_bounds_and_says_so():
    answers = answers_of("bistable")
    assert answers["saturation"] == answers["certificates"] == []
    assert answers["bounds"]["C"] is answers["bounds"]["jacobian"] is None
    assert any("needs the layers" in t or "need the layers" in t for t in answers["sentences"])


def test_the_states_that_came_with_a_network_tell_where_to_look():
    # The cycle is at 100 and of the size of a hundredth, which nothing else tells.
    field = without_layers(lambda x: 0.01 * van_der_pol((x - 100) / 0.01), 2)
    generator = torch.Generator().manual_seed(0)
    states = 100 + 0.01 * torch.randn(50, 2, generator=generator, dtype=torch.float64)
    found = analyse_flow(
        field, name="far", understood=understood(field), verified=None, starts=states, settings=FAST
    )
    assert found.answers["orbits"][0]["period"] == pytest.approx(6.6632868593231, rel=1e-6)
    assert any("not checked" in text for text in found.answers["sentences"])


def test_what_cannot_be_analysed_is_refused():
    field = field_of("focus")
    batch = Network(
        tuple(weight[None] for weight in field.weights),
        tuple(bias[None] for bias in field.biases),
        field.activation,
    )
    with pytest.raises(InputError, match="index the batch"):
        analyse_flow(batch, name="x", understood=understood(field), verified=None)
    states = torch.zeros(3, 5)
    with pytest.raises(InputError, match=r"states of shape \(3, 5\) do not fit"):
        analyse_flow(field, name="x", understood=understood(field), verified=None, starts=states)
    with pytest.raises(InputError, match="did you mean 'starts'"):
        analyse_flow(
            field, name="x", understood=understood(field), verified=None, settings={"start": 3}
        )
    shorter = Network(
        (field.weights[0], field.weights[1][:1]),
        (field.biases[0], field.biases[1][:1]),
        field.activation,
    )
    with pytest.raises(InputError, match="takes 2 and gives 1"):
        analyse_flow(shorter, name="x", understood=understood(field), verified=None)


def test_who_waits_is_told_what_is_done():
    told = []
    field = field_of("focus")
    analyse_flow(
        field,
        name="focus",
        understood=understood(field),
        verified=None,
        settings=FAST | {"starts": 2, "scales": [1.0]},
        progress=told.append,
    )
    assert told[0] == "following trajectories"
    assert "proving" in told
