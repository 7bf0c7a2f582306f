"""What the SLURM profile asks for, and what it says where there is no SLURM; no cluster is needed.

The real thing is in tests/slurm.
"""

import re
import shutil

import pandas as pd
import pytest
import yaml
from copies import ROOT, copy_repository, end, start
from snakemake.resources import Resources

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
        r"^rule \w+:$.*?^    resources: .*?mem_mb=(\d+).*?runtime=(\d+)",
        printed,
        re.MULTILINE | re.DOTALL,
    )
    assert len(asked) > 100
    measured = pd.read_csv(ROOT / "docs" / "cluster_costs.csv").iloc[0]
    for megabytes, minutes in asked:
        assert int(megabytes) >= 2 * measured["megabytes"]
        assert 60 * int(minutes) >= 10 * measured["seconds"]


@pytest.mark.parametrize("resource", ["mem_mb", "runtime"])
def test_a_further_attempt_asks_for_more(resource):
    profile = yaml.safe_load((ROOT / SLURM[-1] / "config.yaml").read_text(encoding="utf-8"))
    given = f"{resource}={profile['default-resources'][resource]}"
    asked = Resources.parse([given], allow_expressions=True)[resource]
    known = {"input": [], "threads": 1, "rulename": "monodromy", "async_run": None}
    first, second = (asked.evaluate(None, attempt=n, **known).value for n in (1, 2))
    assert second >= 2 * first
