"""What a run of everything costs: cold, with nothing to do, after a restyling, with more seeds.

Everything runs in copies of this repository. A job's time is its imports and its work: what the
imports take is measured by a process for each script of the run that only imports what it imports.
The overhead ratio is what the run took of all cores together over the work of its jobs: 1 would be
a run that starts no process and imports nothing.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import psutil
import yaml

from neural_spectra.workflow.job_costs import job_costs

ROOT = Path(__file__).parents[1]
STUDIES = ("saturation", "rnn", "affine_maps", "open_questions")
DRAWING = "src/neural_spectra/figures/saturation/attenuation.py"
RESTYLING = ("alpha=0.25", "alpha=0.35")
TIMES = 4


def copy_of_the_repository(folder: Path) -> Path:
    ignored = shutil.ignore_patterns(".*", "__pycache__", "results")
    return Path(shutil.copytree(ROOT, folder, ignore=ignored))


class Run(NamedTuple):
    """What a run took: seconds, number of jobs, seconds of CPU in all and of Snakemake itself."""

    seconds: float
    jobs: int
    cpu: float
    main: float


def run(folder: Path, cores: int, configs: list[Path], *targets: str) -> Run:
    """Run the workflow in ``folder``."""
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores)]
    command += ["--configfile", *map(str, configs)] if configs else []
    command += ["--", *targets]
    # Snakemake's own output numbers the jobs.
    environment = os.environ | {"VERBOSE": "1"}
    before, start = cpu_of_children(), time.perf_counter()
    with (folder / "printed.txt").open("w+", encoding="utf-8") as printed:
        process = psutil.Popen(command, cwd=folder, env=environment, stdout=printed, stderr=printed)
        main = 0.0
        while process.poll() is None:
            with suppress(psutil.Error):
                times = process.cpu_times()
                main = times.user + times.system
            time.sleep(0.05)
        seconds, cpu = time.perf_counter() - start, cpu_of_children() - before
        printed.seek(0)
        text = printed.read()
    if process.returncode:
        sys.exit(text[max(0, text.find("Error in rule")) :])
    # Job 0 is the target, which does nothing.
    return Run(seconds, len(re.findall(r"^Finished jobid: [1-9]", text, re.MULTILINE)), cpu, main)


def cpu_of_children() -> float:
    """Return the seconds of CPU of all processes that were started here and have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def seconds_of_imports(folder: Path) -> dict[str, float]:
    """Return by rule what importing takes in each of its jobs, starting Python included."""
    statements: dict[str, str] = {}
    for file in (folder / "results").rglob("*.json"):
        record = json.loads(file.read_text(encoding="utf-8"))
        if "script" in record:
            tree = ast.parse((folder / record["script"]).read_text(encoding="utf-8"))
            imports = [x for x in tree.body if isinstance(x, ast.Import | ast.ImportFrom)]
            given = [f"import neural_spectra.{module}" for module in record["modules"]]
            statements[record["rule"]] = "\n".join([*map(ast.unparse, imports), *given])
    environment = os.environ | {"PYTHONPATH": str(folder / "src"), "OMP_NUM_THREADS": "1"}
    taken = {}
    for text in set(statements.values()):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", text], env=environment, check=True)
        taken[text] = time.perf_counter() - start
    return {rule: taken[text] for rule, text in statements.items()}


def report(what: str, value: str, goal: str = "") -> None:
    print(f"{what:44}{value:>12}    {goal}".rstrip(), flush=True)


def restyle(folder: Path) -> None:
    """Draw one figure in another way, as a user would: in its drawing module."""
    drawing = (folder / DRAWING).read_text(encoding="utf-8")
    if RESTYLING[0] not in drawing:
        sys.exit(f"{DRAWING}: no {RESTYLING[0]} any more; let this benchmark change another word")
    (folder / DRAWING).write_text(drawing.replace(*RESTYLING), encoding="utf-8")


def with_more_seeds(settings: Any) -> dict[str, Any]:
    """Return the numbers of replicates in ``settings``, each ``TIMES`` as large."""
    if not isinstance(settings, dict):
        return {}
    more = {
        key: TIMES * value if key == "seeds" else with_more_seeds(value)
        for key, value in settings.items()
    }
    return {key: value for key, value in more.items() if value}


def empty_workflow(folder: Path) -> Path:
    """Make a workflow with nothing to do: what Snakemake takes to start."""
    folder.mkdir()
    (folder / "Snakefile").write_text("rule all:\n    input: []\n", encoding="utf-8")
    return folder


def measure_one_run(folder: Path, cores: int, configs: list[Path]) -> None:
    cold = run(folder, cores, configs)
    jobs = job_costs(folder / "results")
    imports = jobs["rule"].map(seconds_of_imports(folder)).fillna(0.0)
    total, work = jobs["seconds"].sum(), (jobs["seconds"] - imports).clip(lower=0).sum()
    report(f"everything, cold, {cold.jobs} jobs", f"{cold.seconds:.1f} s")
    report("CPU of all processes", f"{cold.cpu:.1f} s")
    report("  of Snakemake itself", f"{cold.main / cold.cpu:.1%}", "goal: at most 8 %")
    report("sum of job times", f"{total:.1f} s")
    report("  imports", f"{total - work:.1f} s")
    report("  work", f"{work:.1f} s")
    report("overhead ratio", f"{cold.seconds * cores / work:.2f}", "goal: at most 1.3")
    dearest = jobs.set_index("file")["seconds"].nlargest(10)
    for file, spent in dearest.items():
        report(f"  {str(file).rpartition('/results/')[2]}", f"{spent:.1f} s")

    empty = empty_workflow(folder.with_name("empty"))
    # The first time compiles what it imports.
    least = min(run(empty, cores, []).seconds for _ in range(2))
    again = min(run(folder, cores, configs) for _ in range(2))
    ratio = again.seconds / least
    report(f"nothing changed, {again.jobs} jobs", f"{again.seconds:.1f} s")
    report("  over an empty Snakefile's", f"× {ratio:.2f}", "goal: at most × 1.5")
    restyle(folder)
    restyled = run(folder, cores, configs)
    report(f"one figure restyled, {restyled.jobs} jobs", f"{restyled.seconds:.1f} s")


def measure_more_seeds(before: Path, folder: Path, cores: int, configs: list[Path]) -> None:
    overlays = []
    for file in [*(ROOT / "config" / f"{study}.yaml" for study in STUDIES), *configs]:
        overlays.append(folder / f"more_seeds_{file.name}")
        settings = with_more_seeds(yaml.safe_load(file.read_text(encoding="utf-8")))
        overlays[-1].write_text(yaml.safe_dump(settings), encoding="utf-8")
    # The ledger's claims and the page are about the seeds of the default configuration.
    run(folder, cores, [*configs, *overlays], *STUDIES)
    work, more = (job_costs(copy / "results") for copy in (before, folder))
    work = work[work["rule"].isin(more["rule"])]
    for study in STUDIES:
        ratio = work_of(study, more) / work_of(study, work)
        what = f"{study}: work, {TIMES} times the seeds"
        report(what, f"× {ratio:.2f}", f"goal: at most × {TIMES}")


def work_of(study: str, jobs: pd.DataFrame) -> float:
    return float(jobs.loc[jobs["file"].str.contains(f"/{study}/"), "seconds"].sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--configfile", type=Path, help="settings on top of the default ones")
    options = parser.parse_args()
    configs = [options.configfile.absolute()] if options.configfile else []
    with tempfile.TemporaryDirectory() as scratch:
        one = copy_of_the_repository(Path(scratch) / "one")
        measure_one_run(one, options.cores, configs)
        more = copy_of_the_repository(Path(scratch) / "more")
        measure_more_seeds(one, more, options.cores, configs)


if __name__ == "__main__":
    main()
