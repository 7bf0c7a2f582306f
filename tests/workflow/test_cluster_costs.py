"""What a cluster computes: the table in docs, and how it follows from measured jobs."""

from pathlib import Path

import pandas as pd
import pytest
from benchmarks.cluster_costs import PAGE, SNAPSHOT, costs_block, expected, kinds

from neural_spectra.workflow.csv_tables import read_table

ROOT = Path(__file__).parents[2]
COSTS = pd.DataFrame(
    {
        "file": ["lyapunov/0-15.tsv", "own_orbits/0-15.tsv", "training_stages.tsv", "orbits.tsv"],
        "rule": ["lyapunov", "own_orbits", "training_stages", "orbits"],
        "seconds": [1.0, 5.0, 2.0, 1.0],
        "megabytes": [150.0, 300.0, 360.0, 120.0],
    }
)
MEASURED = COSTS.join(kinds(COSTS["file"]))


def test_the_page_on_clusters_shows_the_costs_that_were_computed_last():
    block = costs_block(read_table(ROOT / SNAPSHOT))
    assert block in (ROOT / PAGE).read_text(encoding="utf-8")


def test_jobs_of_all_seeds_need_more_for_more_seeds_and_others_do_not():
    columns = ["seconds", "megabytes"]
    some, many = (
        expected(kinds(COSTS["file"]), MEASURED, seeds).set_index("rule")[columns]
        for seeds in (100, 1000)
    )
    assert (many.loc["training_stages"] > some.loc["training_stages"]).all()
    pd.testing.assert_frame_equal(many.drop("training_stages"), some.drop("training_stages"))


def test_a_chunk_takes_time_in_proportion_to_its_seeds_beyond_the_time_to_start():
    planned = kinds(pd.Series(["own_orbits/0-31.tsv"]))
    assert expected(planned, MEASURED, 32)["seconds"].item() == pytest.approx(1 + 2 * (5 - 1))
