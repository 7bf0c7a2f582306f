"""The analysis of a user's recurrent network, held against closed forms and SciPy."""

import json
import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.special import ellipk

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.errors import InputError
from neural_spectra.networks.recurrent_networks import (
    RecurrentNetwork,
    planar,
    random_skew_symmetric,
)
from neural_spectra.studies.own.potentials import with_potential
from neural_spectra.studies.own.skew_integrators import drift_table, largest_stable_step
from neural_spectra.studies.own.skew_matrix import facts_of
from neural_spectra.studies.own.skew_orbits import (
    SIZES,
    energy,
    exponents_of,
    follow_orbit,
    starts_of,
)
from neural_spectra.studies.own.skew_proofs import invariant_of, proofs_of
from neural_spectra.studies.own.skew_rnn import analyse_skew_rnn
from neural_spectra.studies.own.table_names import TABLES

many_steps = pytest.mark.many_steps


def analyse(matrix, activation="tanh", form="sigma(A x)", **settings):
    given = {"activation": activation, "form": form, "name": "mine", "settings": settings}
    return analyse_skew_rnn(np.asarray(matrix), **given)


def skew(n, size=2.0):
    return random_skew_symmetric(n, [0], "spectral radius", size)[0]


def parts(matrix, activation="tanh", form="sigma(A x)"):
    """Return the network, and what is known of its matrix."""
    facts = facts_of(np.asarray(matrix, float))
    sigma = with_potential(scalar_activation(activation))
    return RecurrentNetwork(facts.matrix, sigma, form), facts


def orbits(matrix, activation="tanh", form="sigma(A x)"):
    """Follow one from a start of each size."""
    given = parts(matrix, activation, form)
    starts = starts_of(given[0], 0)
    return [follow_orbit(*given, start, size) for start, size in zip(starts, SIZES, strict=True)]


def proved(matrix, activation="tanh", form="sigma(A x)"):
    """Return the verdict on every statement."""
    given = parts(matrix, activation, form)
    found = proofs_of(*given, invariant_of(*given))
    return {proof.statement: proof.verdict for proof in found}


def verdicts(analysis):
    return {proof["statement"]: proof["verdict"] for proof in analysis.answers["certificates"]}


def drift_of(analysis, integrator):
    rows = [row for row in analysis.answers["drift"] if row["integrator"] == integrator]
    return np.array([row["drift"] for row in rows])


CLOSED = "every orbit that does not rest is closed"
BOUNDED = "every orbit stays bounded"
CONSERVED = "the energy E is conserved"


@pytest.fixture(scope="module")
def pair():
    return analyse(planar(1.5))


@pytest.fixture(scope="module")
def three():
    return analyse(skew(3), form="A sigma(x)")


@pytest.fixture(scope="module")
def five():
    return analyse(skew(5), form="A sigma(x)")


@pytest.fixture(scope="module")
def nearly():
    rough = np.random.default_rng(0).standard_normal((4, 4))
    return analyse(skew(4) + 1e-3 * rough)


@pytest.fixture(scope="module")
def zero():
    return analyse(np.zeros((2, 2)))


@many_steps
class TestMatrix:
    def test_a_skew_symmetric_one_has_no_distance_and_an_imaginary_spectrum(self, five):
        matrix = five.answers["matrix"]
        assert matrix["kind"] == "skew-symmetric"
        assert matrix["distance_absolute"] <= 1e-15
        assert matrix["eigenvalues_real"] == [0.0] * 5
        assert matrix["eigenvalues_imag"][0] == pytest.approx(2.0, rel=1e-12)

    def test_for_odd_n_it_has_a_kernel(self, five):
        matrix = five.answers["matrix"]
        assert matrix["kernel_dimension"] == 1
        np.testing.assert_allclose(skew(5) @ matrix["kernel"][0], 0, atol=1e-14)

    def test_the_distance_is_that_of_the_nearest_skew_symmetric_matrix(self, nearly):
        given = skew(4) + 1e-3 * np.random.default_rng(0).standard_normal((4, 4))
        nearest = (given - given.T) / 2
        matrix = nearly.answers["matrix"]
        assert matrix["kind"] == "nearly skew-symmetric"
        assert matrix["distance_absolute"] == pytest.approx(np.linalg.norm(given - nearest))
        share = np.linalg.norm(given - nearest) / np.linalg.norm(given)
        assert matrix["distance_relative"] == pytest.approx(share)

    @pytest.mark.parametrize(
        ("matrix", "kind"),
        [
            (skew(4) - 0.2 * np.eye(4), "skew-symmetric with damping"),
            ([[0, 2], [-0.5, 0]], "skew-symmetric up to positive weights of the units"),
            ([[1, -2], [1, -1]], "similar to a skew-symmetric matrix"),
            ([[0.3, 1], [1, 0.2]], "not skew-symmetric"),
            ([[0.0]], "zero"),
        ],
    )
    def test_other_kinds_are_told_apart(self, matrix, kind):
        assert facts_of(np.asarray(matrix, float)).kind == kind


@many_steps
class TestInvariant:
    def test_it_is_conserved_by_scipy(self, five):
        assert five.answers["invariant"]["conserved"]
        assert verdicts(five)[CONSERVED] == verdicts(five)[BOUNDED] == "proved"
        matrix, start = skew(5), np.array(five.answers["orbits"][1]["point"])
        run = solve_ivp(
            lambda _, x: matrix @ np.tanh(x), (0, 30), start, "DOP853", rtol=1e-12, atol=1e-13
        )
        energy = np.log(np.cosh(run.y)).sum(0)
        assert energy == pytest.approx(five.answers["orbits"][1]["level"], rel=1e-9)
        linear = np.array(five.answers["invariant"]["linear"])
        np.testing.assert_allclose(linear @ run.y, np.tile(linear @ start[:, None], run.t.shape))

    def test_weights_make_one_where_the_matrix_is_not_skew(self):
        matrix = np.array([[0, 2], [-0.5, 0]])
        network, facts = parts(matrix)
        weighted = facts.weights[:, None] * matrix
        np.testing.assert_allclose(weighted, -weighted.T, rtol=1e-12)
        for orbit in orbits(matrix):
            level = energy(network, facts.weights, orbit.states)
            assert np.ptp(level) < 1e-9 * level[0]
            assert orbit.period > 0

    def test_a_nearly_skew_matrix_lets_it_drift_within_its_rate(self, nearly):
        low, high = nearly.answers["matrix"]["symmetric_part_range"]
        assert verdicts(nearly)[CONSERVED] == "refused"
        assert low < 0 < high < 5e-3
        changes = [abs(orbit["energy_change"]) for orbit in nearly.answers["orbits"]]
        assert 1e-6 < max(changes) < 0.1

    def test_whether_levels_hold_the_orbits_depends_on_the_activation(self):
        found = {name: invariant_of(*parts(planar(1.0), name)) for name in ("tanh", "sigmoid")}
        assert all(invariant.conserved for invariant in found.values())
        assert found["tanh"].holds_orbits
        assert not found["sigmoid"].holds_orbits

    def test_a_potential_without_a_formula_is_integrated(self):
        network, facts = parts(planar(1.0), "gelu")
        z, h = np.linspace(-9, 9, 50), 1e-5
        difference = network.activation.potential(z + h) - network.activation.potential(z - h)
        np.testing.assert_allclose(difference / (2 * h), network.activation.function(z), atol=1e-9)
        drift = drift_table(network, facts, np.array([1.0, 0.0]))
        assert drift[drift["integrator"] == "average vector field"]["drift"].max() < 1e-12


@many_steps
class TestOrbits:
    def test_a_pair_has_the_period_of_its_elliptic_integral(self, pair):
        for orbit in pair.answers["orbits"]:
            level = np.log(np.cosh(1.5 * np.array(orbit["point"]))).sum()
            expected = 4 / 1.5 * ellipk(1 - math.exp(-2 * level))
            assert orbit["status"] == "closed"
            assert orbit["period"] == pytest.approx(expected, rel=1e-9)
            assert orbit["exact_period"] == pytest.approx(expected, rel=1e-12)
        assert verdicts(pair)[CLOSED] == "proved"
        assert pair.answers["exponents"] == []

    @pytest.mark.parametrize("activation", ["elu", "softsign"])
    def test_a_pair_without_a_closed_form_has_the_period_of_scipy(self, activation):
        function = {
            "elu": lambda z: np.where(z > 0, z, np.expm1(z)),
            "softsign": lambda z: z / (1 + np.abs(z)),
        }[activation]
        orbit = orbits(planar(1.0), activation, "A sigma(x)")[2]

        def crossing(_, x):
            return x[1]

        crossing.direction = -1
        run = solve_ivp(
            lambda _, x: planar(1.0) @ function(x),
            (0, 30),
            orbit.states[0],
            "DOP853",
            rtol=1e-11,
            atol=1e-12,
            events=crossing,
        )
        period = next(t for t in run.t_events[0] if t > 0.1)
        assert orbit.period == pytest.approx(period, rel=1e-6)

    def test_three_units_close_on_sections_of_a_level_set(self, three):
        assert verdicts(three)[CLOSED] == "proved"
        assert [orbit["status"] for orbit in three.answers["orbits"]] == ["closed"] * 3
        matrix = skew(3)
        for orbit in three.answers["orbits"]:
            run = solve_ivp(
                lambda _, x: matrix @ np.tanh(x),
                (0, orbit["period"]),
                orbit["point"],
                "DOP853",
                rtol=1e-12,
                atol=1e-13,
            )
            np.testing.assert_allclose(run.y[:, -1], orbit["point"], atol=1e-8)

    def test_three_units_with_an_odd_activation_close_in_the_other_form_too(self):
        assert proved(skew(3))[CLOSED] == "proved"
        assert all(orbit.period > 0 for orbit in orbits(skew(3)))
        assert proved(skew(3), "elu")[CLOSED] == "undecided"
        assert all(math.isnan(orbit.period) for orbit in orbits(skew(3), "elu"))

    def test_five_units_do_not_close_and_have_exponents(self, five):
        assert verdicts(five)[CLOSED] == "undecided"
        for orbit in five.answers["orbits"]:
            assert orbit["status"] == "not closed"
            assert orbit["return_distance"] is None or orbit["return_distance"] > 1e-3
        assert len(five.answers["exponents"]) == 3

    def test_twenty_units_are_chaotic(self):
        network, facts = parts(skew(20, 3.0))
        exponents, errors = exponents_of(network, facts, starts_of(network, 0), 0)
        assert exponents[-1] > 5 * errors[-1] > 0

    def test_a_growing_spiral_is_not_closed(self):
        growing = skew(3) + 0.5 * np.eye(3), "identity", "A sigma(x)"
        assert all(math.isnan(orbit.period) for orbit in orbits(*growing))
        assert proved(*growing)[CLOSED] == "refused"
        network, facts = parts(*growing)
        exponents, _ = exponents_of(network, facts, starts_of(network, 0), 0)
        np.testing.assert_allclose(exponents, 0.5, atol=1e-3)

    def test_a_damped_network_comes_to_rest(self):
        answers = analyse(skew(4) - 0.2 * np.eye(4)).answers
        assert answers["exponents"][0]["value"] == pytest.approx(-0.2, abs=0.02)
        assert answers["equilibria"][0]["stable"] is True
        assert all(orbit["energy_change"] < -0.99 for orbit in answers["orbits"])


@many_steps
class TestIntegrators:
    def test_the_average_vector_field_keeps_e_and_the_others_have_their_orders(self, five):
        assert drift_of(five, "average vector field").max() < 1e-13
        for name, order in {"rk4": 4, "implicit midpoint": 2}.items():
            drift = drift_of(five, name)
            assert math.log2(drift[-2] / drift[-1]) > order - 0.5

    def test_an_euler_step_adds_what_a_step_by_hand_adds(self, pair):
        start, matrix = np.array(pair.answers["orbits"][1]["point"]), planar(1.5)
        for row in pair.answers["euler"]["steps"][:3]:
            x = start
            for _ in range(row["steps_per_turn"]):
                x = x + row["step"] * np.tanh(matrix @ x)
            level = np.log(np.cosh(matrix @ np.stack((start, x), axis=1))).sum(0)
            assert row["change_per_turn"] == pytest.approx(level[1] / level[0] - 1, rel=1e-9)

    def test_one_percent_in_a_turn_is_one_percent(self, pair):
        h = pair.answers["euler"]["step_for_1_percent_per_turn"]
        start, matrix = np.array(pair.answers["orbits"][1]["point"]), planar(1.5)
        x = start
        for _ in range(round(2 * math.pi / 1.5 / h)):
            x = x + h * np.tanh(matrix @ x)
        level = np.log(np.cosh(matrix @ np.stack((start, x), axis=1))).sum(0)
        assert level[1] / level[0] - 1 == pytest.approx(0.01, rel=0.03)

    def test_damping_allows_steps_up_to_its_stability_limit(self):
        matrix = planar(1.0) - 0.2 * np.eye(2)
        limit = largest_stable_step(*parts(matrix))
        assert limit == pytest.approx(2 * 0.2 / (0.2**2 + 1), rel=1e-12)
        for h, dies in {0.95 * limit: True, 1.05 * limit: False}.items():
            step = np.eye(2) + h * matrix
            assert (np.linalg.norm(np.linalg.matrix_power(step, 2000)) < 1) == dies

    def test_without_damping_no_step_lets_small_states_rest(self, pair):
        assert pair.answers["euler"]["largest_stable_step"] == 0.0
        assert "makes small states grow at every step" in pair.summary()


class TestEdges:
    def test_a_zero_matrix_moves_nothing(self, zero):
        assert zero.answers["matrix"]["distance_relative"] is None
        assert {orbit["status"] for orbit in zero.answers["orbits"]} == {"at rest"}
        assert verdicts(zero)[BOUNDED] == "proved"
        assert zero.answers["euler"]["largest_stable_step"] is None

    def test_one_unit_is_a_network(self):
        given = parts([[-0.5]], form="A sigma(x)")
        assert given[1].kind == "skew-symmetric with damping"
        assert largest_stable_step(*given) == pytest.approx(4.0)
        assert all(orbit.states[-1, 0] < orbit.states[0, 0] for orbit in orbits([[-0.5]]))

    @many_steps
    def test_the_units_of_time_do_not_matter(self):
        scaled = [
            [omega * orbit.period for orbit in orbits(planar(omega))] for omega in (1e-3, 1e4)
        ]
        np.testing.assert_allclose(*scaled)

    @pytest.mark.parametrize(
        ("matrix", "message"),
        [
            (np.ones((2, 3)), "as many rows as columns"),
            (np.ones(4), "as many rows as columns"),
            (np.ones((0, 0)), "at least one"),
            (np.array([[0, 1], [np.nan, 0]]), "row 2, column 1"),
            (np.array([[0, 1j], [1j, 0]]), "real"),
            (np.array([["a", "b"], ["c", "d"]]), "real"),
        ],
    )
    def test_a_matrix_that_cannot_be_used_is_refused_in_a_sentence(self, matrix, message):
        with pytest.raises(InputError, match=message):
            analyse(matrix)

    def test_an_unknown_activation_or_form_is_refused(self):
        with pytest.raises(InputError, match="did you mean 'tanh'"):
            analyse(planar(1.0), "tahn")
        with pytest.raises(InputError, match="did you mean 'A sigma"):
            analyse(planar(1.0), form="A sigma x")

    @many_steps
    def test_the_answers_are_json_with_the_keys_that_were_promised(self, pair, nearly, zero):
        keys = "network verified matrix invariant orbits exponents saturation bounds certificates"
        for analysis in (pair, nearly, zero):
            text = json.dumps(analysis.answers, allow_nan=False)
            assert json.loads(text) == analysis.answers
            assert set(analysis.answers) >= {*keys.split(), "drift", "euler", "sentences"}
            assert set(analysis.tables) == set(TABLES["skew-rnn"])

    @many_steps
    def test_the_same_seed_gives_the_same_answers(self, three):
        assert analyse(skew(3), form="A sigma(x)").answers == three.answers
        network, _ = parts(skew(3))
        assert not np.array_equal(starts_of(network, 0), starts_of(network, 1))
