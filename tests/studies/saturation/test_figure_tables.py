"""What the figures' tables select."""

import numpy as np
import pandas as pd
import pytest

from neural_spectra.studies.residuals import concerning
from neural_spectra.studies.saturation import figure_tables, paper_tables


@pytest.fixture
def sweep():
    rows = [
        {"network": network, "region": region, "seed": seed, "s": s}
        for network in ("a", "b")
        for region in ("orbit", "disc")
        for seed in (0, 1)
        for s in (1.0, 30.0)
    ]
    table = pd.DataFrame(rows)
    number = np.arange(len(table)) + 1.0
    return table.assign(
        jacobian_norm=number,
        jacobian_bound=1.1 * number,
        refined_bound=2 * number,
        refined_bound_sampled=1.5 * number,
        bound=8 * number,
        uniform_bound=9 * number,
        weight_factor=10 * number,
        delta=1 / number,
    )


@pytest.fixture
def paper():
    rows = [
        ("determinant_scale_1", 1e-5, 3e-6, 3e-5, "logarithmic"),
        ("determinant_scale_4", 0.92, 0.905, 0.925, "linear"),
        ("improvement_ninefold", 9.0, 8.5, 9.5, "linear"),
    ]
    return pd.DataFrame(rows, columns=["claim", "paper", "lowest", "highest", "axis"])


@pytest.fixture
def orbits():
    rows = [
        {"network": "a", "seed": seed, "s": s, "orbit": orbit, "status": "orbit", "period": 6.0}
        for seed in (0, 1)
        for s in (1.0, 4.0)
        for orbit in ("reference", "own")
    ]
    return pd.DataFrame(rows).assign(ln_det=-2.0, ln_det_liouville=-2.0, det=np.exp(-2.0))


@pytest.fixture
def multipliers(orbits):
    tables = [
        orbits[["network", "seed", "s", "orbit"]].assign(
            index=index,
            ln_modulus=ln_modulus,
            method="qr",
            error_estimate=1e-12,
            window_lower=-3.0,
            window_upper=1.0,
        )
        for index, ln_modulus in ((1, 1e-13), (2, -2.0))
    ]
    return pd.concat(tables)


def test_fig_1_holds_the_drawn_seed_of_the_network_and_region_asked_for(sweep):
    table = figure_tables.attenuation(sweep, network="b", region="disc")
    expected = sweep.query("network == 'b' and region == 'disc' and seed == 0")
    assert table["bound"].tolist() == expected["uniform_bound"].tolist()
    assert table["s"].tolist() == [1.0, 30.0]


def test_fig_5_holds_the_ratio_of_the_bounds(sweep, paper):
    table = figure_tables.refined_bound(sweep, paper, network="a", region="orbit")
    assert table["improvement"].tolist() == [4.0, 4.0]
    assert table["improvement_sampled"].tolist() == pytest.approx([16 / 3] * 2)
    assert table["refined_gap"].tolist() == pytest.approx([1 / 3] * 2)


def test_fig_5_has_the_papers_improvement_at_the_scale_of_its_caption_only(sweep, paper):
    table = figure_tables.refined_bound(sweep, paper, network="a", region="orbit")
    stated = table.set_index("s")[["paper", "lowest", "highest"]]
    assert stated.loc[1.0].isna().all()
    assert stated.loc[30.0].tolist() == [9.0, 8.5, 9.5]


def test_fig_4_holds_the_window_of_each_scale(sweep, multipliers):
    table = figure_tables.multipliers_window(
        sweep, multipliers, network="a", region="orbit", period=2.0
    )
    assert table.query("s == 1")["window"].tolist() == [16.0, 16.0]


def test_the_converse_names_the_multiplier_that_decides_attraction(orbits, multipliers):
    table = figure_tables.silu_converse(
        orbits, multipliers, networks=["a"], seeds=1, exact_ln_det=-12.0
    )
    assert table["ln_modulus"].tolist() == [-2.0, -2.0]
    assert table["seed"].tolist() == [0, 0]


def test_the_converse_of_a_repelling_orbit_names_the_repelling_multiplier(orbits, multipliers):
    repelling = multipliers.copy()
    repelling.loc[repelling["index"] == 1, "ln_modulus"] = 3.0
    repelling.loc[repelling["index"] == 2, "ln_modulus"] = 1e-13
    table = figure_tables.silu_converse(
        orbits, repelling, networks=["a"], seeds=2, exact_ln_det=-12.0
    )
    assert (table["ln_modulus"] == 3.0).all()


@pytest.mark.parametrize(
    ("ln_moduli", "deciding"),
    [
        ((0.5, 1e-13, -2.0), 0.5),  # repels along one direction
        ((1e-13, -1.0, -3.0), -1.0),  # attracts, slowest along the direction of −1
        ((2.0, 1.0, -1e-13), 2.0),
    ],
)
def test_the_converse_in_three_dimensions_names_the_largest_but_the_trivial_multiplier(
    orbits, ln_moduli, deciding
):
    own = orbits[["network", "seed", "s", "orbit"]].assign(method="qr", error_estimate=1e-12)
    three = pd.concat(
        own.assign(index=k, ln_modulus=value) for k, value in enumerate(ln_moduli, start=1)
    )
    table = figure_tables.silu_converse(orbits, three, networks=["a"], seeds=2, exact_ln_det=-12.0)
    assert table["ln_modulus"].tolist() == [deciding] * 4


def test_a_network_without_an_orbit_keeps_its_row(orbits, multipliers):
    orbits.loc[orbits["s"] == 4, "status"] = "equilibrium"
    multipliers.loc[multipliers["s"] == 4, "ln_modulus"] = np.nan
    table = figure_tables.silu_converse(
        orbits, multipliers, networks=["a"], seeds=2, exact_ln_det=-12.0
    )
    assert table.query("s == 4")["status"].tolist() == ["equilibrium"] * 2
    assert table.query("s == 4")["ln_modulus"].isna().all()


def test_a_proof_of_either_kind_stands_beside_what_simulation_found(orbits):
    proofs = pd.DataFrame(
        [
            ("a", 0, 1.0, "annulus", "one attracting cycle", "proved"),
            ("a", 1, 1.0, "annulus", "one attracting cycle", "undecided"),
            ("a", 0, 4.0, "disc", "no closed orbit", "proved"),
            ("a", 1, 4.0, "small disc", "no closed orbit", "proved"),
        ],
        columns=["network", "seed", "s", "region", "statement", "verdict"],
    )
    limits = pd.DataFrame({"network": "a", "seed": [0, 0], "s": [1.0, 4.0], "scale_of_limit": 3.0})
    table = figure_tables.certified_cycles(orbits, proofs, limits, networks=["a"], region="disc")
    assert table["proved"].tolist() == ["cycle", "no closed orbit", "nothing", "nothing"]
    assert table["status"].tolist() == ["orbit"] * 4
    assert table["scale_of_limit"].fillna(0).tolist() == [3.0, 3.0, 0.0, 0.0]


def test_the_spread_holds_every_seed_with_the_papers_value(sweep, orbits, paper):
    table = figure_tables.seed_spread(
        sweep,
        orbits,
        paper,
        determinant="a",
        determinant_scales=[1.0, 4.0],
        refined="a",
        region="orbit",
        improvement_scale=30.0,
    )
    assert table.groupby("quantity")["seed"].nunique().tolist() == [2, 2, 2]
    of_quantity = table.groupby("quantity").first()
    assert of_quantity["paper"].tolist() == [1e-5, 0.92, 9.0]
    assert of_quantity["lowest"].tolist() == [3e-6, 0.905, 8.5]
    assert of_quantity["axis"].tolist() == ["logarithmic", "linear", "linear"]


def test_a_quantity_that_the_paper_says_nothing_of_has_no_value_to_agree_with(paper):
    variants = pd.DataFrame({"quantity": ["det at s = 4", "det at s = 5"], "value": [0.9, 0.95]})
    table = figure_tables.sensitivity(variants, paper)
    assert table["paper"].isna().tolist() == [False, True]
    assert table["value"].tolist() == [0.9, 0.95]


def test_table_2_has_a_column_for_each_multiplier(sweep, orbits, multipliers):
    exact = multipliers.assign(error_estimate=1e-15)
    table = paper_tables.table_2(sweep, orbits, exact, network="a", region="orbit", scales=[1.0])
    assert table[["ln_modulus_1", "ln_modulus_2"]].to_numpy().tolist() == [[1e-13, -2.0]]


def test_table_2_gives_no_number_that_its_error_hides(sweep, orbits, multipliers):
    hidden = multipliers.assign(error_estimate=1e-12)
    table = paper_tables.table_2(sweep, orbits, hidden, network="a", region="orbit", scales=[1.0])
    assert table["ln_modulus_1"].isna().all()
    assert table["ln_modulus_2"].tolist() == [-2.0]
    assert table["error_estimate"].tolist() == [1e-12]
    assert "$<10^{-12}$" in paper_tables.to_latex("table_2", table)


def test_table_3_gives_the_gain_of_the_flow_as_a_logarithm(sweep):
    table = paper_tables.table_3(sweep, network="a", region="orbit", period=2.0, scales=[1.0, 30.0])
    assert table["ln_flow_gain"].tolist() == [12.0, 24.0]


def test_latex_writes_small_numbers_as_powers_of_ten():
    text = paper_tables.to_latex("table_1", pd.DataFrame({"s": [1.0], "delta": [4.6e-11]}))
    assert r"$\delta$" in text
    assert r"$4.6 \cdot 10^{-11}$" in text
    assert r"\toprule" in text


def test_a_table_without_the_refined_bound_keeps_no_residual_of_it():
    residuals = {"norm_over_bound": 0.0, "norm_over_refined": 0.0, "refined_gap_disc": 11.0}
    assert concerning(residuals) == {"norm_over_bound": 0.0}


def test_a_table_with_the_refined_bound_keeps_the_gap_of_its_own_region():
    residuals = {"norm_over_refined": 0.0, "refined_gap_disc": 11.0, "refined_gap_orbit": 0.02}
    kept = concerning(residuals, refined_on="orbit")
    assert kept == {"norm_over_refined": 0.0, "refined_gap_orbit": 0.02}
