"""What the SLURM profile asks for, and what it says where there is no SLURM; no cluster is needed.

The real thing is in tests/slurm.
"""

import re
import shutil

import pandas as pd
from copies import ROOT, copy_repository, end, start

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


def test_every_job_asks_for_memory_and_time_above_what_was_measured(tmp_path):
    folder = copy_repository(tmp_path)
    status, printed = end(start(folder, *SLURM, "--dry-run", "--cores", 1), folder)
    assert status == 0, printed
    asked = re.findall(
        r"^rule (\w+):$.*?^    resources: .*?mem_mb=(\d+).*?runtime=(\d+)",
        printed,
        re.MULTILINE | re.DOTALL,
    )
    measured = pd.read_csv(ROOT / "workflow" / "costs.csv", index_col="rule")
    for rule, megabytes, minutes in asked:
        if rule in measured.index:
            assert int(megabytes) >= 1.5 * measured["megabytes"][rule]
            assert 60 * int(minutes) >= 5 * measured["seconds"][rule]
    assert measured.index.isin([rule for rule, *_ in asked]).mean() > 0.9


def test_the_measured_costs_are_those_of_rules_that_exist(tmp_path):
    folder = copy_repository(tmp_path)
    _, listed = end(start(folder, "--list-rules"), folder)
    measured = pd.read_csv(ROOT / "workflow" / "costs.csv")
    assert set(measured["rule"]) <= set(re.findall(r"^\w+$", listed, re.MULTILINE))
