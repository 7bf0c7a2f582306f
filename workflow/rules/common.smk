# What all other files here use: the checked settings, the code behind a script, and names of files.
import math
import shutil
import sys
from pathlib import Path

from neural_spectra.config.checking import check, seed_chunks
from neural_spectra.config.companion_folder import companion_networks, companion_scaling
from neural_spectra.config.whole_run import Settings
from neural_spectra.config.yaml_files import read_config
from neural_spectra.errors import InputError, in_one_sentence
from neural_spectra.workflow import interrupted_runs
from neural_spectra.workflow.code_hash import code_of
from neural_spectra.workflow.records import RESULTS, checksum
from neural_spectra.workflow.results_folder import require_files_in_folders
from neural_spectra.workflow.table_of_figures import figures_of

# Snakemake merges what the command line gives last, but lists it first.
here, given = f"{Path.cwd()}/", workflow.overwrite_configfiles
files = [*workflow.configfiles[len(given) :], *given]
files = [str(file).removeprefix(here) for file in files]
# Not a WorkflowError: that would surround the sentence with lines of this file.
with in_one_sentence():
    for file in given:
        read_config(str(file).removeprefix(here))
    settings = check(Settings, config, files, workflow.config_settings.config)


# Neither of the two again in the Snakemake that runs a job on a cluster.
if workflow.is_main_process:
    with in_one_sentence():
        require_files_in_folders(Path(RESULTS))
if workflow.is_main_process and interrupted_runs.runs_jobs(sys.argv):
    with in_one_sentence():
        interrupted_runs.enter(Path(".snakemake").absolute())


# The files of a table, of weights, of a paper's table and of a figure.
TABLE = ["csv", "json"]
WEIGHTS = ["safetensors", "json"]
PAPER_TABLE = ["csv", "tex", "json"]
FIGURE = ["pdf", "png", "json"]

TITLES = {
    "saturation": "Saturation",
    "rnn": "Recurrent networks",
    "affine_maps": "Affine maps",
    "open_questions": "Open questions",
}
FIGURES = {study: [figure.name for figure in figures_of(study)] for study in TITLES}
# Tables that are computed in parts, which the files of each study fill in: by study/table the parts'
# names below results/, and by table the columns whose rows of one value belong together.
JOINED, GROUPS = {}, {}


def table(name, output="table"):
    """A table and its record as outputs of a rule."""
    record = "record" if output == "table" else f"{output}_record"
    return {output: f"results/{name}.csv", record: f"results/{name}.json"}


def logs(job):
    """Where a job of a study writes its log: ``study/rule``, or ``study/rule/{wildcard}``."""
    study, rule = job.split("/", 1)
    return f"results/{study}/logs/{rule}.log"


def benchmarks(job):
    """Where a job's time and memory are written, as for its log."""
    study, rule = job.split("/", 1)
    return f"results/{study}/benchmarks/{rule}.tsv"


def seeds(wildcards):
    """The replicates of a chunk such as 0-15."""
    first, last = wildcards.chunk.split("-")
    return list(range(int(first), int(last) + 1))


def one_of(names):
    """A wildcard that stands for one of these names only."""
    return "|".join(names) or "(?!)"


def joined_parts(study):
    """The names of all parts that tables of a study are joined from."""
    return [part for name in JOINED if name.startswith(f"{study}/") for part in JOINED[name]]


def parts_of_table(wildcards, suffix):
    """The parts that one table is joined from."""
    joined = JOINED[f"{wildcards.study}/{wildcards.table}"]
    return expand("results/{part}.{suffix}", part=joined, suffix=suffix)


def figure_files(study):
    """Every file of a study's figures."""
    return expand(
        f"results/{study}/figures/{{name}}.{{suffix}}", name=FIGURES[study], suffix=FIGURE
    )


def study_results():
    """The results of every study that the config names."""
    results = {
        "saturation": saturation_results,
        "rnn": rnn_results,
        "affine_maps": affine_maps_results,
        "open_questions": open_questions_results,
    }
    return [file for study in settings.studies for file in results[study]()]


def everything():
    """All that a run makes but the page itself: the studies' results, the ledger, the page's parts."""
    return [*study_results(), *CLAIMS_RESULTS, *report_results()]


wildcard_constraints:
    chunk=r"\d+-\d+",
    network=r"[^/]+",
