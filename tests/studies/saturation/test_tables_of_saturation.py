"""The study of activation saturation: what its tables hold, on small networks."""

import math

import numpy as np
import pandas as pd
import pytest
import torch

from neural_spectra.activations.torch_activations import activation_named
from neural_spectra.errors import InputError
from neural_spectra.flows.integration import simulate
from neural_spectra.networks.initialisation import initialise
from neural_spectra.networks.multilayer_perceptron import Network
from neural_spectra.studies.saturation.certificates import certificates
from neural_spectra.studies.saturation.jacobian_bounds import jacobian_bounds
from neural_spectra.studies.saturation.monodromy import reference_monodromy
from neural_spectra.studies.saturation.obstruction import obstruction
from neural_spectra.studies.saturation.own_orbits import own_orbits
from neural_spectra.studies.saturation.phase_portraits import phase_portraits
from neural_spectra.studies.saturation.sensitivity import sensitivity
from neural_spectra.studies.saturation.small_regions import small_regions
from neural_spectra.studies.saturation.sweep_scale import sweep_scale
from neural_spectra.studies.saturation.three_dimensions import three_dimensions
from neural_spectra.studies.saturation.train_stuart_landau import train_stuart_landau
from neural_spectra.studies.saturation.training_stages import training_stage
from neural_spectra.studies.saturation.trajectory_bounds import trajectory_bounds
from neural_spectra.studies.saturation.window_on_a_cycle import window_on_a_cycle
from neural_spectra.studies.saturation.yorke_limit import yorke_limit
from neural_spectra.studies.tables import tabulated

SYSTEM = {"mu": 1.0, "omega": 1.0, "shear": 0.0}
DATA = {"radius": 1.5, "points": 128}
SHIFTED = {
    "method": "readout",
    "activation": "tanh",
    "hidden": [64],
    "saturation": 0.53,
    "margin": None,
    "radius": 1.0,
    "ridge": 1e-5,
}
REGIONS = {
    "orbit": {"shape": "orbit", "size": None},
    "unit_disc": {"shape": "ball", "size": 1.0},
    "square": {"shape": "box", "size": 0.8},
}
SCALES = [1.0, 4.0, 15.0]
SOLVER = {"segments": 16, "rtol": 1e-11, "atol": 1e-12, "loosening": 100.0}
SEARCH = {"window": 4.0, "windows": 4, "segments": 30, "rtol": 1e-11, "atol": 1e-11}


@pytest.fixture(scope="module")
def shifted():
    stages, _ = train_stuart_landau(
        "shifted", [0, 1], system=SYSTEM, training=DATA, network=SHIFTED
    )
    return stages["final"]


@pytest.fixture(scope="module")
def swept(shifted):
    return sweep(shifted)


def sweep(network):
    settings = {"system": SYSTEM, "regions": REGIONS, "scales": SCALES, "coarsest_level": 7}
    seeds = range(len(network.weights[0]))
    by_layer, norms = sweep_scale("net", network, seeds, points_level=8, **settings)
    swept = jacobian_bounds(
        "net",
        network,
        seeds,
        norms.table,
        tightness=0.02,
        jacobian_tightness=0.1,
        finest_level=13,
        **settings,
    )
    return by_layer, swept


def contraction():
    """f(x) = −tanh(x): everything runs into the origin."""
    eye, zero = torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    weights, biases = (eye[None], -eye[None]), (zero[None], zero[None])
    return Network(weights, biases, activation_named("tanh"))


def test_rows_run_fastest_along_the_last_axis():
    table = tabulated({"a": [1, 2], "b": ["x", "y"]}, {"c": np.arange(4).reshape(2, 2)}, d=0)
    assert table.to_numpy().tolist() == [
        [0, 1, "x", 0],
        [0, 1, "y", 1],
        [0, 2, "x", 2],
        [0, 2, "y", 3],
    ]


def test_a_column_may_lack_an_axis():
    table = tabulated({"a": [1, 2], "b": [1, 2]}, {"c": np.array([[5], [6]])})
    assert table["c"].tolist() == [5, 5, 6, 6]


def test_the_bias_gives_the_wanted_saturation_on_the_unit_disc(swept):
    rows = swept[1].table.query("region == 'unit_disc' and s == 1")
    assert rows["delta"].to_numpy() == pytest.approx(0.53, rel=1e-12)


def test_the_bounds_keep_their_order_in_every_row(swept):
    table = swept[1].table
    assert (table["jacobian_norm"] <= table["jacobian_bound"]).all()
    assert (table["jacobian_bound"] <= table["refined_bound"]).all()
    assert (table["refined_bound"] <= table["bound"] * (1 + 1e-12)).all()
    assert (table["bound"] <= table["uniform_bound"] * (1 + 1e-12)).all()
    assert (table["refined_bound_sampled"] <= table["refined_bound"] * (1 + 1e-12)).all()


def test_the_refined_bound_is_tight_on_the_orbit(swept):
    rows = swept[1].table.query("region == 'orbit'")
    assert (rows["refined_bound"] <= 1.02 * rows["refined_bound_sampled"]).all()


def test_the_weight_factor_grows_linearly_with_one_hidden_layer(swept):
    rows = swept[1].table.query("region == 'orbit' and seed == 0").set_index("s")["weight_factor"]
    assert rows[15.0] == pytest.approx(15 * rows[1.0], rel=1e-12)


def test_the_sweep_holds_the_sampled_saturation_of_the_most_active_layer(swept):
    by_layer = swept[0].table.groupby(["region", "seed", "s"])["delta_sampled"].max()
    rows = swept[1].table.set_index(["region", "seed", "s"])["delta_sampled"]
    pd.testing.assert_series_equal(rows.sort_index(), by_layer.sort_index())


def test_the_sampled_saturation_stays_below_the_certified_one(swept):
    assert swept[0].residuals["sampled_minus_certified_delta"] <= 1e-12


def test_a_network_with_two_hidden_layers_has_a_row_for_each_of_them():
    by_layer, swept = sweep(initialise(2, [8, 6], [0], activation_named("silu")))
    assert set(by_layer.table["layer"]) == {1, 2}
    assert swept.residuals["norm_over_refined"] <= 1e-12
    assert swept.residuals["refined_over_bound"] <= 1e-12


def test_the_obstruction_grows_with_s_where_units_cross_zero_and_vanishes_where_none_does(shifted):
    table = obstruction(
        "net", shifted, [0, 1], system=SYSTEM, offsets=[0.0, 6.0], scales=[1.0, 4.0], radius=1.0
    ).table
    crossing = table.query("offset == 0 and seed == 0")
    assert (crossing["delta"] == 1).all()
    assert crossing["bound"].iloc[1] == pytest.approx(4 * crossing["bound"].iloc[0], rel=1e-12)
    assert (table.query("offset == 6 and s == 4")["bound"] < 1e-2).all()


def test_without_an_offset_the_obstruction_is_the_dimension_times_the_norms_times_the_period(
    shifted,
):
    # Units that cross zero have the slope 1.
    table = obstruction(
        "net", shifted, [0, 1], system=SYSTEM, offsets=[0.0], scales=[1.0], radius=1.0
    ).table
    norms = [torch.linalg.matrix_norm(weight, ord=2).numpy() for weight in shifted.weights]
    expected = 2 * norms[0] * norms[1] * 2 * math.pi
    np.testing.assert_allclose(table["bound"], expected, rtol=1e-12)
    np.testing.assert_allclose(table["ln_bound"], np.log(expected), rtol=1e-13)


def test_the_determinant_along_the_circle_agrees_with_the_quadrature(shifted):
    table, multipliers = reference_monodromy(
        "net", shifted, [0, 1], system=SYSTEM, scales=SCALES, solver=SOLVER
    )
    assert table.residuals["liouville_defect"] < 1e-9
    sums = multipliers.table.groupby(["seed", "s"])["ln_modulus"].sum()
    ln_det = table.table.set_index(["seed", "s"])["ln_det"]
    pd.testing.assert_series_equal(sums, ln_det, check_names=False, rtol=0, atol=1e-8)


def test_every_shifted_network_has_an_attracting_orbit_of_its_own_at_s_1(shifted):
    table, multipliers = own_orbits(
        "net", shifted, [0, 1], scales=[1.0], starts=[1.0], search=SEARCH
    )
    assert (table.table["status"] == "orbit").all()
    assert (table.table["shooting_defect"] <= 1e-10).all()
    assert (table.table["bound_period"] >= 2 * math.pi).all()
    assert table.residuals["trivial_multiplier_defect"] < 1e-8
    assert (multipliers.table.query("index == 2")["ln_modulus"] < -1).all()


def test_a_network_that_settles_on_no_orbit_is_a_row_of_nan_that_says_why():
    table, multipliers = own_orbits(
        "net", contraction(), [0], scales=[1.0], starts=[1.0], search=SEARCH
    )
    row = table.table.iloc[0]
    assert row["status"] == "equilibrium"
    assert row[["period", "ln_det", "shooting_defect", "bound_period"]].isna().all()
    assert set(multipliers.table["method"]) == {"none"}
    assert multipliers.table["ln_modulus"].isna().all()


@pytest.fixture(scope="module")
def proofs(shifted):
    scales = [1.0, 15.0]
    found, _ = own_orbits("net", shifted, [0, 1], scales=scales, starts=[1.0], search=SEARCH)
    return found.table, certified(shifted, found.table, scales)


def certified(network, orbits, scales):
    discs = {"unit_disc": REGIONS["unit_disc"], "square": REGIONS["square"]}
    settings = {"system": SYSTEM, "regions": discs, "states": 256, "budget": 4096}
    seeds = range(len(network.weights[0]))
    return certificates("net", network, seeds, orbits, scales=scales, **settings)


def test_the_cycle_that_shooting_found_is_proved_and_lies_in_the_proved_intervals(proofs):
    orbits, computed = proofs
    cycles = computed.table.query("statement == 'one attracting cycle'")
    assert cycles["verdict"].tolist() == ["proved"] * 2
    found = orbits.query("s == 1").set_index("seed")
    cycles = cycles.set_index("seed")
    for name in ("period", "ln_det"):
        assert (cycles[f"{name}_lower"] <= found[name]).all()
        assert (found[name] <= cycles[f"{name}_upper"]).all()
        assert computed.residuals[f"{name}_outside_proved"] == 0
    assert computed.residuals["closing_defect"] < 1e-6


def test_a_saturated_network_provably_has_no_closed_orbit_and_none_of_the_period(proofs):
    rows = proofs[1].table.query("s == 15 and statement != 'attracting equilibrium'")
    assert set(rows["statement"]) == {"no closed orbit", "no orbit of the oscillator's period"}
    assert (rows["verdict"] == "proved").all()
    assert (rows.query("statement == 'no closed orbit'")["speed"] > 0).all()
    others = rows.query("statement != 'no closed orbit'")
    assert (others["period_lower"] > 2 * math.pi).all()


def test_a_disc_that_holds_an_equilibrium_is_refused_with_its_place(proofs):
    rows = proofs[1].table.query("s == 1 and statement == 'no closed orbit'")
    assert (rows["verdict"] == "refused").all()
    assert (rows[["resisting_1", "resisting_2"]].abs() < 0.5).all(axis=None)


def test_where_the_search_came_to_rest_a_ball_is_proved_to_tend_to_the_equilibrium(shifted, proofs):
    orbits, computed = proofs
    rows = computed.table.query("statement == 'attracting equilibrium'")
    assert rows[["seed", "s"]].to_numpy().tolist() == [[0, 15], [1, 15]]
    assert (rows["verdict"] == "proved").all()
    assert (rows["rate"] > 0).all()
    ends = orbits.query("s == 15")[["x_1", "x_2"]].to_numpy()
    centres = rows[["centre_1", "centre_2"]].to_numpy()
    assert (rows["distance"] < 1).all()
    np.testing.assert_allclose(ends, centres, atol=0.05)
    # From the border of the disc inside the ball trajectories tend to the centre.
    turn = 2 * math.pi * torch.arange(8, dtype=torch.float64) / 8
    circle = torch.stack([turn.cos(), turn.sin()], -1)
    for seed, centre, radius in zip([0, 1], torch.tensor(centres), rows["radius"], strict=True):
        network = shifted.scaled([15.0])[seed, 0]
        slowest = -torch.linalg.eigvals(network.jacobian(centre[None])[0]).real.max()
        run = simulate(network, centre + radius * circle, 5 / slowest.item(), 0.004)
        assert (run[-1] - centre).norm(dim=-1).max() < 0.1 * radius


def test_outside_the_plane_only_periods_are_bounded():
    eye, zero = torch.eye(3, dtype=torch.float64), torch.zeros(3, dtype=torch.float64)
    network = Network((eye[None], -eye[None]), (zero[None], zero[None]), activation_named("tanh"))
    orbits = pd.DataFrame({"seed": [0], "s": [0.5], "status": ["orbit"]})
    table = certified(network, orbits, [0.5]).table
    assert set(table["statement"]) == {"no orbit of the oscillator's period"}
    assert (table["verdict"] == "proved").all()
    assert table["period_lower"].between(2 * math.pi, 4 * math.pi).all()


def test_yorkes_scale_is_where_the_bound_is_one(shifted):
    found, _ = own_orbits("net", shifted, [0, 1], scales=[1.0, 4.0], starts=[1.0], search=SEARCH)
    computed = yorke_limit("net", shifted, [0, 1], found.table, radius=1.0, period=2 * math.pi)
    assert computed.residuals["scale_of_limit_defect"] < 1e-10
    table = computed.table
    s = table["scale_of_limit"].to_numpy()[::2]
    norms = [torch.linalg.matrix_norm(weight, ord=2) for weight in shifted.weights]
    margin = math.atanh(math.sqrt(1 - 0.53))
    assert s * norms[0].numpy() * norms[1].numpy() / np.cosh(margin * s) ** 2 == pytest.approx(1.0)
    assert (table["last_scale_with_orbit"] == 1).all()
    assert (table["first_scale_without"] == 4).all()


def ends(*statuses):
    """Return how the searches at s = 1, 2, … ended."""
    scales = np.arange(len(statuses)) + 1.0
    table = pd.DataFrame({"network": "net", "orbit": "own", "seed": 0, "s": scales})
    return table.assign(status=statuses, period=np.nan, bound_period=np.nan)


def test_an_undecided_search_neither_ends_nor_continues_an_orbit(shifted):
    statuses = ["orbit", "seen not refined", "orbit", "no return", "equilibrium", "orbit"]
    settings = {"radius": 1.0, "period": 2 * math.pi}
    found = yorke_limit("net", shifted[:1], [0], ends(*statuses), **settings).table.iloc[0]
    assert (found["last_scale_with_orbit"], found["first_scale_without"]) == (3, 5)
    open_ = yorke_limit("net", shifted[:1], [0], ends("orbit", "no return"), **settings)
    assert open_.table["first_scale_without"].isna().all()
    assert (open_.table["last_scale_with_orbit"] == 1).all()


def test_a_bound_that_is_low_already_as_trained_has_no_scale_of_the_limit(shifted):
    found = yorke_limit("net", shifted[:1], [0], ends("orbit"), radius=1.0, period=1e-3)
    assert found.table["scale_of_limit"].isna().all()


def test_the_bounds_hold_along_trajectories(shifted):
    table = trajectory_bounds(
        "net",
        shifted,
        [0, 1],
        scales=[1.0, 4.0],
        trajectories=3,
        segments=10,
        duration=3.0,
        radius=0.5,
        rtol=1e-9,
        atol=1e-10,
    ).table
    assert (table[["divergence_ratio", "growth_ratio", "exponent_ratio"]] <= 1).all(axis=None)


def test_a_trajectory_that_blows_up_is_named_with_the_remedy():
    growing = initialise(2, [4], [0], activation_named("softplus"))
    growing = Network(
        (growing.weights[0], 1e3 * growing.weights[1].abs()), growing.biases, growing.activation
    )
    with pytest.raises(InputError, match=r"shorten\s+trajectory_bounds\.duration"):
        trajectory_bounds(
            "net",
            growing,
            [0],
            scales=[30.0],
            trajectories=1,
            segments=4,
            duration=100.0,
            radius=0.5,
            rtol=1e-6,
            atol=1e-6,
        )


def test_a_weakly_driven_rotation_has_a_cycle_whose_window_excludes_the_benchmark():
    computed = window_on_a_cycle(search=SEARCH)
    row = computed.table.iloc[0]
    assert row["period"] == pytest.approx(6.833, abs=1e-3)
    assert row["ln_det"] == pytest.approx(-0.0508, abs=1e-4)
    assert 2 * math.pi <= row["bound_period"] < 4 * math.pi
    assert row["bound_period"] == pytest.approx(3.594 * math.pi, rel=1e-3)
    assert computed.residuals["shooting_defect"] < 1e-10


def test_in_three_dimensions_a_small_determinant_does_not_make_an_orbit_attract():
    computed = three_dimensions(system=SYSTEM, rate=0.5, solver=SOLVER)
    assert (computed.table["ln_det"] < 0).all()
    assert computed.table["ln_modulus"].iloc[0] == pytest.approx(math.pi, rel=1e-9)
    assert computed.residuals["multiplier_error"] < 1e-8


def test_the_bound_holds_at_every_stage_of_training():
    settings = {"method": "levenberg_marquardt", "activation": "tanh", "hidden": [8], "steps": 6}
    stages, losses = train_stuart_landau(
        "net", [0], system=SYSTEM, training=DATA, network=settings | {"target": 0.0}
    )
    for stage, network in stages.items():
        computed = training_stage(
            "net",
            stage,
            network,
            [0],
            system=SYSTEM,
            regions=REGIONS,
            coarsest_level=6,
            points_level=6,
        )
        assert computed.residuals["norm_over_bound"] <= 1e-12
        slopes = computed.table
        assert ((slopes["smallest_norm"] > 0) & (slopes["smallest_norm"] <= slopes["delta"])).all()
        assert (slopes["smallest_slope"].between(0, slopes["smallest_norm"])).all()
    assert losses.table["loss"].is_monotonic_decreasing


def test_trajectories_straighten_as_the_network_saturates(shifted):
    monodromy = pd.DataFrame({"s": [1.0, 15.0], "ln_det_liouville": [-11.0, 0.0]})
    table = phase_portraits(
        "net",
        shifted[:1],
        monodromy,
        system=SYSTEM,
        area=REGIONS["unit_disc"],
        scales=[1.0, 15.0],
        duration=3.0,
        inner=[0.2, 2.0],
        outer=[1.5, 4.0],
        extent=2.0,
        rtol=1e-8,
        atol=1e-8,
    ).table
    straightness = table.groupby("panel")["straightness"].median()
    assert straightness["s = 15"] > 0.99
    assert straightness["exact"] < 0.9
    assert set(table["trajectory"]) == set(range(6))
    started = table.drop_duplicates("trajectory")["start"].tolist()
    assert started == ["inside"] * 2 + ["outside"] * 4


def test_a_variant_is_trained_with_its_own_settings():
    variants = {"as used": SHIFTED, "ridge 1e-2": SHIFTED | {"ridge": 1e-2}}
    table = sensitivity(
        "net",
        [0],
        system=SYSTEM,
        training=DATA,
        variants=variants,
        regions={"orbit": REGIONS["orbit"]},
        region="orbit",
        determinant_scales=[1.0],
        improvement_scale=30.0,
        levels=[0, 12],
    ).table
    det = table.query("quantity == 'det at s = 1'").set_index("variant")["value"]
    assert det["ridge 1e-2"] > 10 * det["as used"]
    covers = table[table["variant"].str.contains("cell")].set_index("variant")["value"]
    assert covers["as used, 1 cell"] == pytest.approx(1.0, rel=1e-11)
    assert covers["as used, 4096 cells"] > 2


def test_a_trained_network_saturates_on_a_disc_that_no_unit_crosses_and_on_no_other():
    # Units of slope 1 that cross zero at distances of 0.05 and of 0.5 from (1, 0).
    first = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]], dtype=torch.float64)
    bias = torch.tensor([[-0.95, 0.5]], dtype=torch.float64)
    last = torch.eye(2, dtype=torch.float64).unsqueeze(0)
    network = Network(
        (first, last), (bias, torch.zeros(1, 2, dtype=torch.float64)), activation_named("tanh")
    )
    computed = small_regions("net", network, [0])
    table = computed.table.set_index(["radius", "s"])
    # sech² of 100 times the distance 0.04 that the disc of radius 0.01 keeps
    assert table.loc[(0.01, 100.0), "ln_delta"] == pytest.approx(-2 * np.log(np.cosh(4.0)))
    assert (table.loc[[0.1, 1.0], "ln_delta"] == 0).all()
    assert table.loc[(1.0, 100.0), "uniform_bound"] == pytest.approx(100.0)
    assert computed.residuals["excess"] == 0
