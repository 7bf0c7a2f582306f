"""Shares of variance, against a least-squares fit and against what is known."""

import numpy as np
import pandas as pd
import pytest

from neural_spectra.studies.open_questions.explained_variance import adjusted_r_squared, explained

RANDOM = np.random.default_rng(3)
CASES = pd.DataFrame(
    {
        "seed": np.repeat(np.arange(6), 12),
        "kind": np.tile(["a", "b", "c"], 24),
        "size": RANDOM.normal(size=72),
        "noise": RANDOM.normal(size=72),
    }
)
CASES["response"] = CASES["size"] + (CASES["kind"] == "b") + 0.1 * CASES["noise"] + 100
ONCE = np.ones((1, 6))


def test_the_share_is_that_of_a_least_squares_fit():
    design = np.column_stack(
        [np.ones(72), CASES["size"], CASES["kind"] == "a", CASES["kind"] == "b"]
    )
    _, (left,), rank, _ = np.linalg.lstsq(design.astype(float), CASES["response"], rcond=None)
    total = np.square(CASES["response"] - CASES["response"].mean()).sum()
    expected = 1 - left / total * 71 / (72 - rank)
    found = adjusted_r_squared(CASES, "response", ["size", "kind"], ONCE)
    assert found == pytest.approx([expected], rel=1e-10)


def test_a_sample_of_seeds_is_what_a_table_of_their_rows_gives():
    counts = np.array([[2, 0, 1, 1, 0, 2]])
    rows = pd.concat([CASES[CASES["seed"] == k] for k in (0, 0, 2, 3, 5, 5)])
    rows["seed"] = 0
    sampled = adjusted_r_squared(CASES, "response", ["size", "kind"], counts)
    alone = adjusted_r_squared(rows, "response", ["size", "kind"], np.ones((1, 1)))
    assert sampled == pytest.approx(alone, rel=1e-10)


def test_what_is_drawn_at_random_explains_nothing_on_average():
    shares = []
    for _ in range(300):
        table = CASES.assign(kind=RANDOM.permutation(CASES["kind"]), response=CASES["noise"])
        shares.append(adjusted_r_squared(table, "response", ["kind"], ONCE)[0])
    assert abs(np.mean(shares)) < 3 * np.std(shares) / np.sqrt(300)


def test_what_is_the_same_everywhere_cannot_be_explained():
    table = CASES.assign(response=0.1)
    assert np.isnan(adjusted_r_squared(table, "response", ["kind"], ONCE)).all()
    comparisons = {"kind": (["kind"], [])}
    for nothing in (table, table.assign(response=np.nan), table[:0]):
        found = explained(nothing, "response", comparisons)
        assert found[["explained", "lowest", "highest"]].isna().all(axis=None)
        assert found["comparison"].tolist() == ["kind"]


def test_intervals_hold_the_share_and_come_out_the_same_again():
    comparisons = {"size": (["size"], []), "size beside kind": (["size", "kind"], ["kind"])}
    found = explained(CASES, "response", comparisons)
    assert found["comparison"].tolist() == list(comparisons)
    assert (found["lowest"] < found["explained"]).all()
    assert (found["explained"] < found["highest"]).all()
    pd.testing.assert_frame_equal(found, explained(CASES, "response", comparisons))
