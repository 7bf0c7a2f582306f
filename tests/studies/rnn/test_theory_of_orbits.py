"""The paper's statements on growth, orbits and lines, against what must come out."""

import numpy as np
import pandas as pd
import pytest

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.networks.recurrent_networks import planar
from neural_spectra.studies.rnn import theory
from neural_spectra.studies.rnn import theory_of_orbits as orbits

many_steps = pytest.mark.many_steps

TRIALS = orbits.Trials(seeds=6, duration=100.0, step=0.05, rtol=1e-12, atol=1e-13)


def rows_of(check):
    return pd.DataFrame(check(TRIALS), columns=["case", "value", "verdict"]).set_index("case")


def test_the_growth_of_exp_lies_between_the_bounds_by_its_eigenvalues():
    values = rows_of(theory.growth_rates)["value"]
    assert len(values) == TRIALS.seeds
    assert values.between(0, 1).all()


def test_a_defective_pair_grows_like_t_and_a_doubled_one_stays():
    rows = rows_of(theory.growth_on_the_axis)
    assert rows.loc["defective imaginary pair", "value"] == pytest.approx(1, abs=1e-4)
    assert rows.loc["the same imaginary pair twice", "value"] == pytest.approx(0, abs=1e-9)
    assert list(rows["verdict"]) == ["stable", "unstable"]


def test_rotations_in_any_dimension_keep_the_length():
    assert list(rows_of(theory.lengths)["value"]) == pytest.approx([1, 1, 1], abs=1e-11)


def test_orbits_of_a_centre_keep_their_distance():
    values = rows_of(orbits.neighbouring_orbits)["value"]
    assert list(values) == pytest.approx([1, 1], abs=1e-4)


def test_orbits_of_a_damped_network_would_lose_their_distance(monkeypatch):
    def damped(omega):
        return planar(omega) - 0.1 * np.eye(2)

    monkeypatch.setattr(orbits, "planar", damped)
    rows = rows_of(orbits.neighbouring_orbits)
    assert set(rows["verdict"]) == {"they do"}


@many_steps
def test_only_starts_in_the_kernel_are_at_rest():
    rows = rows_of(orbits.perpetual_motion)
    in_kernel = rows.index.str.contains("kernel")
    assert in_kernel.sum() == 1
    assert (rows["verdict"] == np.where(in_kernel, "at rest", "moving")).all()


@many_steps
def test_the_size_of_moving_states_does_not_decay():
    rows = rows_of(orbits.size_of_the_state)
    assert list(rows.index) == [f"tanh, n = {n}, random starts" for n in (2, 5, 20)]
    assert (rows["value"] > 0.9).all()


@many_steps
def test_orbits_close_for_three_units_and_not_for_more():
    rows = rows_of(orbits.closed_orbits)
    assert (rows.loc[rows["verdict"] != "closes", "value"] > 0.05).all()
    assert rows["verdict"].to_dict() == {
        f"{name}, n = {n}": "closes" if n == 3 else "does not close"
        for n in (3, 4, 10)
        for name in ("identity", "tanh")
    }


def test_the_level_sets_turn_once():
    rows = rows_of(orbits.convex_level_sets)
    assert list(rows["value"]) == pytest.approx([1, 1, 1], abs=1e-10)
    assert set(rows["verdict"]) == {"closed and convex"}


def test_a_curve_with_a_dent_turns_more(monkeypatch):
    def dented(omega, level, times):
        angle = 2 * np.pi * times / times[-1]
        radius = 1 + 0.5 * np.cos(3 * angle)
        return radius * np.cos(angle), radius * np.sin(angle)

    monkeypatch.setattr(orbits, "tanh_solution", dented)
    assert set(rows_of(orbits.convex_level_sets)["verdict"]) == {"neither"}


def test_the_tanh_output_has_odd_harmonics_of_a_low_fundamental_only():
    assert (rows_of(orbits.odd_harmonics)["value"] < 1e-10).all()


@many_steps
def test_the_linear_output_has_a_higher_fundamental(monkeypatch):
    monkeypatch.setattr(orbits, "scalar_activation", lambda _: scalar_activation("identity"))
    assert (rows_of(orbits.odd_harmonics)["value"].iloc[1:] > 0.1).all()
