"""What the SLURM profile asks for, and what it says where there is no SLURM; no cluster is needed.

The real thing is in tests/slurm.
"""

import re
import shutil

import pandas as pd
import pytest
from copies import ROOT, copy_repository, end, plan, start

SLURM = ("--configfile", "config/ci.yaml", "--profile", "profiles/slurm")


def test_a_machine_without_slurm_gets_one_sentence_and_nothing_runs(tmp_path, monkeypatch):
    programs = tmp_path / "programs"
    programs.mkdir()
    for program in ("bash", "sh", "which"):
        (programs / program).symlink_to(shutil.which(program))
    monkeypatch.setenv("PATH", str(programs))
    folder = copy_repository(tmp_path / "copy")
    status, printed = end(start(folder, *SLURM, "--quiet", "all"), folder)
    assert status == 1
    assert printed.splitlines()[-1] == (
        "This machine has no SLURM (there is no sbatch): log in where the cluster takes jobs, "
        "or run here without the profile, by snakemake --cores all"
    )
    assert "Traceback" not in printed
    assert not (folder / "results").exists()


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """What every job asks for when it is sent for the first, the second and the third time."""
    folder = copy_repository(tmp_path_factory.mktemp("planned"))
    return [asked_for(plan(folder, *SLURM, "--attempt", attempt)) for attempt in (1, 2, 3)]


def asked_for(printed):
    """Return rule, megabytes and minutes of each job of a plan, by what it writes."""
    job = re.compile(
        r"^rule (?P<rule>\w+):\n(?:    .+\n)*?    output: (?P<output>.+)\n(?:    .+\n)*?"
        r"    resources: .*mem_mb=(?P<megabytes>\d+).*runtime=(?P<minutes>\d+)",
        re.MULTILINE,
    )
    found = pd.DataFrame(match.groupdict() for match in job.finditer(printed))
    return found.astype({"megabytes": int, "minutes": int}).set_index("output").sort_index()


def test_every_job_asks_for_memory_and_time_above_what_was_measured(asked):
    measured = pd.read_csv(ROOT / "docs" / "cluster_costs.csv").iloc[0]
    assert (asked[0]["megabytes"] >= 2 * measured["megabytes"]).all()
    assert (60 * asked[0]["minutes"] >= 10 * measured["seconds"]).all()


@pytest.mark.parametrize("resource", ["megabytes", "minutes"])
def test_every_further_attempt_of_a_job_asks_for_more(asked, resource):
    first, second, third = (jobs[resource] for jobs in asked)
    assert len(first) > 100
    assert (second >= 2 * first).all()
    assert (third > second).all()
