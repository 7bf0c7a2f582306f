"""Costs of jobs from the benchmark files that Snakemake writes."""

import pytest

from neural_spectra.errors import InputError
from neural_spectra.workflow.job_costs import job_costs

COLUMNS = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"


def write_benchmark(file, seconds, megabytes):
    file.parent.mkdir(parents=True, exist_ok=True)
    row = (seconds, "0:00:00", megabytes, 0, 0, 0, 0, 0, 0, 0)
    file.write_text(COLUMNS + "\t".join(map(str, row)) + "\n", encoding="utf-8")


def test_every_job_has_its_rule_its_seconds_and_its_megabytes(tmp_path):
    folder = tmp_path / "rnn" / "benchmarks"
    write_benchmark(folder / "lyapunov" / "0-15.tsv", 2.1, 150.2)
    write_benchmark(folder / "lyapunov" / "16-31.tsv", 1.0, 180.7)
    write_benchmark(folder / "draw_lyapunov.tsv", 0.4, 0.0)
    jobs = job_costs(tmp_path)
    assert jobs[["rule", "seconds", "megabytes"]].to_numpy().tolist() == [
        ["draw_lyapunov", 0.4, 0.0],
        ["lyapunov", 2.1, 150.2],
        ["lyapunov", 1.0, 180.7],
    ]


def test_no_benchmarks_are_a_sentence_that_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="no benchmarks of a finished run; run the workflow first"):
        job_costs(tmp_path)
