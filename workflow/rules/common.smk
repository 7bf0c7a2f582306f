# What all other files here use: the checked settings and the code behind a script.
import csv
import math
import shutil
import sys
from pathlib import Path

import yaml

from neural_spectra.workflow import code_hash, interrupted_runs
from neural_spectra.config.checking import check, seed_chunks
from neural_spectra.config.yaml_files import read_config
from neural_spectra.errors import in_one_sentence
from neural_spectra.workflow.records import checksum
from neural_spectra.config.whole_run import Settings

# The files of a table and of a figure.
TABLE = ["csv", "json"]
FIGURE = ["pdf", "png", "json"]

# Snakemake merges what the command line gives last, but lists it first.
here, given = f"{Path.cwd()}/", workflow.overwrite_configfiles
files = [*workflow.configfiles[len(given) :], *given]
files = [str(file).removeprefix(here) for file in files]
# Not a WorkflowError: that would surround the sentence with lines of this file.
with in_one_sentence():
    for file in given:
        read_config(str(file).removeprefix(here))
    settings = check(Settings, config, files, workflow.config_settings.config)


# Not again in the Snakemake that runs a job on a cluster.
if workflow.is_main_process and interrupted_runs.runs_jobs(sys.argv):
    with in_one_sentence():
        interrupted_runs.enter(Path(".snakemake").absolute())


# What each rule's dearest job took, as `make costs` has measured it.
with open(Path(workflow.basedir) / "workflow" / "costs.csv", encoding="utf-8") as file:
    COSTS = {row.pop("rule"): row for row in csv.DictReader(file)}


def costs(rule):
    """What to ask a cluster for: more than was measured, and more still on every further attempt.

    Rules that have not been measured ask for the least, as short jobs do, which show no memory.
    """
    measured = COSTS.get(rule, dict(seconds=0, megabytes=0))
    memory = max(500, 2 * int(measured["megabytes"]))
    minutes = max(5, math.ceil(10 * int(measured["seconds"]) / 60))
    return dict(
        mem_mb=lambda wildcards, attempt: attempt * memory,
        runtime=lambda wildcards, attempt: attempt * minutes,
    )


def code_of(script):
    """The script and the modules it imports, transitively: inputs of its rule."""
    root = Path(workflow.basedir)
    files = code_hash.code_of(root / "scripts" / script)
    return [file.relative_to(root).as_posix() for file in files]


def study_results():
    """The results of every study that the config names."""
    results = {
        "saturation": saturation_results,
        "rnn": rnn_results,
        "affine_maps": affine_maps_results,
    }
    return [file for study in settings.studies for file in results[study]()]


def everything():
    """All that a run makes but the page itself: the studies' results, the ledger, the page's parts."""
    return [*study_results(), *CLAIMS_RESULTS, *report_results()]
