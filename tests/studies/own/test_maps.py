"""The analysis of a user's map, held against maps whose answers are known."""

import json
import math

import numpy as np
import pytest
from scipy.optimize import brentq, fsolve

from neural_spectra.errors import InputError
from neural_spectra.networks.deep_maps import DeepMap, deep_map
from neural_spectra.studies.affine_maps.rare_chaos import GIVEN
from neural_spectra.studies.own.maps import analyse_map
from neural_spectra.studies.own.table_names import TABLES

many_steps = pytest.mark.many_steps


def told(f):
    """Return what a reader of the file would hand over."""
    layers = [f.dimension, *(weight.shape[0] for weight in f.weights)]
    return {"name": "mine", "kind": "map", "dimension": f.dimension, "layers": layers}


def analyse(f, states=None, verified=None, **settings):
    given = {"name": "mine", "understood": told(f), "verified": verified}
    return analyse_map(f, **given, states=states, settings=settings)


def logistic(r, scale=1.0):
    """Return r x (1 − x) on [0, 1], in units of ``scale``, as a ReLU network."""
    # Linear interpolation at 201 knots.
    knots = np.linspace(0.0, 1.0, 201)
    values = r * knots * (1 - knots)
    slopes = np.diff(values) / np.diff(knots)
    steps = np.diff(slopes, prepend=0.0)
    first, last = np.ones((200, 1)) / scale, scale * steps[None]
    weights, biases = [first, last], [-knots[:-1], np.zeros(1)]
    return deep_map("relu", weights, biases, output_activation=False)


@pytest.fixture(scope="module")
def pitchfork():
    return analyse(deep_map("tanh", [np.array([[2.0]])]))


@pytest.fixture(scope="module")
def cycle():
    return analyse(deep_map("tanh", [np.array([[-2.0, 0.3], [0.1, 0.5]])]))


@pytest.fixture(scope="module")
def chaos():
    return analyse(deep_map("selu", [np.reshape(matrix, (2, 2)) for matrix in GIVEN]), starts=12)


@pytest.fixture(scope="module")
def contraction():
    weights = [np.array([[0.3, 0.1], [0.0, 0.3]]), np.array([[0.5, 0.2], [0.0, 0.4]])]
    return analyse(
        deep_map("tanh", weights, [np.ones(2), np.ones(2)], output_activation=False), verified=True
    )


@pytest.fixture(scope="module")
def cell():
    generator = np.random.default_rng(4)
    weight, bias = generator.standard_normal((6, 6)) * 0.8, 0.1 * generator.standard_normal(6)
    return weight, bias, analyse(deep_map("tanh", [weight], [bias]), starts=12)


class TestFixedPointsAndCycles:
    def test_those_of_tanh_2x_are_all_found(self, pitchfork):
        root = brentq(lambda x: math.tanh(2 * x) - x, 0.5, 1.0, xtol=1e-15)
        found = {round(p["point"][0], 6): p for p in pitchfork.answers["fixed_points"]}
        assert set(found) == {round(-root, 6), 0.0, round(root, 6)}
        slope = 2 * (1 - root**2)
        assert found[round(root, 6)]["multipliers_real"] == [pytest.approx(slope, rel=1e-12)]
        assert found[0.0]["multipliers_real"] == [pytest.approx(2.0, rel=1e-14)]
        assert found[0.0]["stability"] == "repelling"

    def test_their_indices_add_up_to_1(self, pitchfork, cycle):
        assert pitchfork.answers["index_sum"] == cycle.answers["index_sum"] == 1

    def test_a_cycle_has_the_multipliers_of_two_steps(self, cycle):
        (found,) = cycle.answers["cycles"]
        f = deep_map("tanh", [np.array([[-2.0, 0.3], [0.1, 0.5]])])
        first, second = (np.array(point)[None] for point in found["points"])
        np.testing.assert_allclose(f(first), second, atol=1e-14)
        np.testing.assert_allclose(f(second), first, atol=1e-14)
        expected = np.linalg.eigvals(f.jacobian(second)[0] @ f.jacobian(first)[0])
        np.testing.assert_allclose(sorted(found["multipliers_real"]), sorted(expected), rtol=1e-10)
        assert found["ln_det"] == pytest.approx(sum(found["ln_moduli"]), abs=1e-10)
        assert cycle.answers["attractor"]["kind"] == "periodic"
        assert cycle.answers["attractor"]["periods"] == [2]

    def test_the_unstable_point_between_a_cycle_is_found(self, cycle):
        (found,) = cycle.answers["fixed_points"]
        assert found["point"] == [0.0, 0.0]
        assert found["stability"] == "saddle"

    @many_steps
    def test_a_logistic_map_has_its_cycle_of_period_4_and_the_unstable_ones(self):
        answers = analyse(logistic(3.5)).answers
        assert answers["attractor"]["periods"] == [4]
        by_period = {c["period"]: c for c in answers["cycles"]}
        # The points of period 2 solve r²x² − r(r + 1)x + (r + 1) = 0.
        roots = np.sort(np.roots([3.5**2, -3.5 * 4.5, 4.5]))
        np.testing.assert_allclose(np.sort(np.ravel(by_period[2]["points"])), roots, atol=1e-4)
        assert by_period[2]["stability"] == "repelling"
        assert by_period[4]["stability"] == "attracting"
        middle = [p["point"][0] for p in answers["fixed_points"] if p["point"][0] > 0.1]
        assert middle == [pytest.approx(1 - 1 / 3.5, abs=1e-4)]

    @many_steps
    def test_an_rnn_cell_has_the_fixed_points_of_scipy(self, cell):
        weight, bias, analysis = cell
        points = np.array([p["point"] for p in analysis.answers["fixed_points"]])
        np.testing.assert_allclose(np.tanh(points @ weight.T + bias), points, atol=1e-13)
        generator = np.random.default_rng(0)
        for start in generator.uniform(-1, 1, (40, 6)):
            end, _, flag, _ = fsolve(
                lambda h: np.tanh(weight @ h + bias) - h, start, full_output=True, xtol=1e-12
            )
            if flag == 1:
                assert np.abs(points - end).max(-1).min() < 1e-6

    @many_steps
    def test_its_multipliers_are_those_of_its_jacobian(self, cell):
        weight, bias, analysis = cell
        for found in analysis.answers["fixed_points"]:
            slopes = 1 - np.tanh(weight @ found["point"] + bias) ** 2
            expected = np.abs(np.linalg.eigvals(slopes[:, None] * weight)).max()
            assert found["spectral_radius"] == pytest.approx(expected, rel=1e-10)


class TestAttractors:
    @many_steps
    def test_selu_chaos_has_a_positive_exponent_by_two_methods(self, chaos):
        largest = chaos.answers["exponents"][0]
        assert chaos.answers["attractor"]["kind"] == "chaotic"
        assert largest["value"] == pytest.approx(0.095, abs=0.02)
        assert 0 < largest["error"] < 0.02
        assert chaos.residuals["map_portrait"]["lyapunov_difference_of_methods"] < 0.03

    @many_steps
    def test_the_exponents_of_an_area_contracting_map_add_up_to_its_ln_det(self):
        # A rotation with a saturating growth: an invariant circle, det Df from the states.
        turn = 1.6 * np.array([[math.cos(1), -math.sin(1)], [math.sin(1), math.cos(1)]])
        f = deep_map("tanh", [turn])
        answers = analyse(f).answers
        assert answers["attractor"]["kind"] == "quasi-periodic"
        x, total = np.array([[0.5, 0.1]]), 0.0
        for _ in range(2000):
            x = f(x)
        for _ in range(4000):
            total += np.linalg.slogdet(f.jacobian(x)[0]).logabsdet / 4000
            x = f(x)
        found = [exponent["value"] for exponent in answers["exponents"]]
        assert sum(found) == pytest.approx(total, abs=2e-3)
        assert found[0] == pytest.approx(0.0, abs=2e-3)

    @many_steps
    def test_the_logistic_map_at_4_doubles_distances(self):
        answers = analyse(logistic(3.99)).answers
        assert answers["attractor"]["kind"] == "chaotic"
        # ln 2 at r = 4; at r = 3.99 about 0.64.
        assert answers["exponents"][0]["value"] == pytest.approx(0.64, abs=0.04)

    def test_a_map_that_diverges_has_no_exponents(self):
        f = deep_map("relu", [1.5 * np.eye(2)], [np.ones(2)], output_activation=False)
        answers = analyse(f).answers
        assert answers["attractor"]["kind"] == "diverging"
        assert answers["attractor"]["escaped"] == answers["attractor"]["starts"] == 48
        assert answers["exponents"] == []
        verdicts = {p["statement"]: p["verdict"] for p in answers["certificates"]}
        assert verdicts["every orbit stays bounded"] == "refused"

    def test_the_basins_of_a_symmetric_map_are_halves(self, pitchfork):
        shares = [end["share"] for end in pitchfork.answers["attractor"]["basins"][:2]]
        assert shares == [pytest.approx(0.5, abs=0.01)] * 2

    @many_steps
    def test_units_do_not_matter(self):
        unit = analyse(logistic(3.5)).answers
        tiny = analyse(logistic(3.5, scale=1e-6)).answers
        assert tiny["attractor"]["periods"] == unit["attractor"]["periods"]
        moduli = [
            [cycle["spectral_radius"] for cycle in answers["cycles"]] for answers in (unit, tiny)
        ]
        np.testing.assert_allclose(*moduli, rtol=1e-6)
        (point,) = [p["point"] for p in tiny["fixed_points"] if p["point"][0] > 1e-7]
        assert point[0] == pytest.approx(1e-6 * (1 - 1 / 3.5), rel=1e-3)


class TestAffineMaps:
    def test_the_radii_of_a_linear_map_are_its_spectral_radius(self):
        matrix = np.array([[0.5, 1.0], [-0.2, 0.4]])
        answers = analyse(deep_map("tanh", [matrix], output_activation=False)).answers
        radius = np.abs(np.linalg.eigvals(matrix)).max()
        assert answers["rho_min"] == pytest.approx(radius, rel=1e-12)
        assert answers["rho_max"] == pytest.approx(radius, rel=1e-12)

    def test_a_and_b_give_f_back(self, contraction):
        assert contraction.residuals["map_affine"]["representation_error"] < 1e-14
        quantities = set(contraction.tables["map_affine"]["quantity"])
        assert quantities >= {"A 1 1", "A 1 2", "A 2 1", "A 2 2", "b 1", "b 2", "rho", "rho of Df"}

    @many_steps
    def test_in_more_dimensions_the_plane_is_chosen_or_given(self, cell):
        weight, bias, analysis = cell
        assert analysis.tables["map_affine"]["x_label"].iloc[0] == "direction 1"
        given = analyse(deep_map("tanh", [weight], [bias]), plane=[2, 5], starts=4)
        row = given.tables["map_affine"].iloc[0]
        assert (row["x_label"], row["y_label"]) == ("x_2", "x_5")


class TestProofs:
    def test_a_contraction_has_one_attractor_for_all(self, contraction):
        (first, second) = contraction.answers["certificates"]
        assert first["statement"] == "one fixed point attracts every orbit"
        assert first["verdict"] == second["verdict"] == "proved"
        assert contraction.answers["bounds"]["lipschitz"] < 1

    def test_an_affine_map_that_stretches_before_it_shrinks_is_proved_by_its_powers(self):
        matrix = np.array([[0.5, 1.0], [0.0, 0.6]])
        answers = analyse(deep_map("tanh", [matrix], output_activation=False)).answers
        assert answers["bounds"]["lipschitz"] > 1
        assert answers["certificates"][0]["verdict"] == "proved"

    def test_with_two_attractors_one_for_all_is_refused_and_each_has_a_ball(self, pitchfork):
        first, bounded, *balls = pitchfork.answers["certificates"]
        assert (first["verdict"], bounded["verdict"]) == ("refused", "proved")
        assert [ball["verdict"] for ball in balls] == ["proved"] * 2
        assert all(0 < ball["radius"] < 0.9575 for ball in balls)

    def test_a_cycle_has_a_ball_that_the_second_iterate_contracts(self, cycle):
        ball = cycle.answers["certificates"][-1]
        assert ball["verdict"] == "proved"
        centre = np.array(cycle.answers["cycles"][0]["points"][0])
        f = deep_map("tanh", [np.array([[-2.0, 0.3], [0.1, 0.5]])])
        angles = np.linspace(0, 2 * math.pi, 50)
        x = centre + ball["radius"] * np.stack((np.cos(angles), np.sin(angles)), -1)
        for _ in range(200):
            x = f(f(x))
        np.testing.assert_allclose(x, np.tile(centre, (50, 1)), atol=1e-10)

    def test_bounds_lie_above_every_jacobian_of_the_region(self, cycle):
        bounds = cycle.answers["bounds"]
        f = deep_map("tanh", [np.array([[-2.0, 0.3], [0.1, 0.5]])])
        lower, upper = (np.array(bounds["region"][end]) for end in ("lower", "upper"))
        x = np.random.default_rng(0).uniform(lower, upper, (1000, 2))
        largest = np.linalg.norm(f.jacobian(x), ord=2, axis=(-2, -1)).max()
        assert largest <= bounds["jacobian"] <= bounds["refined"] <= bounds["C"]


class TestSaturation:
    def test_shares_are_those_of_the_slopes_at_the_fixed_points(self, pitchfork):
        (layer,) = pitchfork.answers["saturation"]
        # σ' = 1 − x² = 0.083 at the fixed points ±0.9575.
        assert (layer["share_below_0.01"], layer["share_below_0.1"]) == (0.0, 1.0)
        assert layer["delta"] == pytest.approx(1.0)
        assert layer["never_leave"] == []

    def test_a_unit_that_is_always_saturated_is_named(self):
        f = deep_map("tanh", [np.eye(2)], [np.array([0.0, 9.0])])
        (layer,) = analyse(f).answers["saturation"]
        assert layer["never_leave"] == [2]


class TestWhatIsSaid:
    @many_steps
    def test_the_answers_are_json(self, pitchfork, chaos, contraction):
        for analysis in (pitchfork, chaos, contraction):
            text = json.dumps(analysis.answers, allow_nan=False)
            assert json.loads(text) == analysis.answers

    @many_steps
    def test_they_have_the_keys_that_were_promised(self, cell):
        answers = cell[2].answers
        keys = "network verified fixed_points cycles attractor exponents rho_min rho_max"
        keys += " saturation bounds certificates sentences"
        assert set(answers) >= set(keys.split())
        assert answers["network"]["layers"] == [6, 6]
        assert set(cell[2].tables) == set(TABLES["map"])

    def test_the_sentences_follow_the_questions(self, contraction):
        text = contraction.summary()
        parts = [
            "mine is read as a map x ↦ f(x): 2 dimensions, layers 2-2-2.",
            "It agrees with the pairs",
            "all orbits tend to one fixed point",
            "1 fixed point found",
            "ρ(A*) is between",
            "slopes are below a tenth",
            "the papers' bounds",
            "Proved: one fixed point attracts every orbit",
            "pre-activations multiplied by s = 0.5 to 4",
        ]
        places = [text.index(part) for part in parts]
        assert places == sorted(places)

    def test_states_of_the_user_set_the_region(self):
        f = deep_map("tanh", [np.eye(2), 0.5 * np.eye(2)], output_activation=False)
        states = np.array([[4.0, -1.0], [6.0, 3.0], [5.0, 2.0]])
        region = analyse(f, states=states).answers["bounds"]["region"]
        assert region["lower"][0] <= 0.0
        assert region["upper"][0] >= 6.0

    def test_the_same_seed_gives_the_same_answers(self, pitchfork):
        again = analyse(deep_map("tanh", [np.array([[2.0]])]))
        assert again.answers == pitchfork.answers


class TestWhatCannotBeUsed:
    @pytest.mark.parametrize(
        ("f", "message"),
        [
            (deep_map("tanh", [np.ones((3, 2))]), "as many outputs as inputs"),
            (deep_map("tanh", [np.full((2, 2), np.nan)]), "4 entries that are not finite"),
            (deep_map("tanh", [np.ones((5, 2, 2))]), "one map is analysed at a time"),
        ],
    )
    def test_a_map_that_cannot_be_iterated_is_refused(self, f: DeepMap, message):
        with pytest.raises(InputError, match=message):
            analyse(f)

    def test_states_that_do_not_fit_are_refused(self):
        f = deep_map("tanh", [np.eye(2)])
        with pytest.raises(InputError, match=r"states of shape \(4, 3\)"):
            analyse(f, states=np.zeros((4, 3)))
        with pytest.raises(InputError, match="not finite"):
            analyse(f, states=np.full((4, 2), np.nan))

    def test_settings_that_make_no_sense_are_refused(self):
        f = deep_map("tanh", [np.eye(2)])
        with pytest.raises(InputError, match="plane"):
            analyse(f, plane=[1, 3])
        with pytest.raises(InputError, match="scales"):
            analyse(f, scales=[0.0])
