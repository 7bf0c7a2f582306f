# Regenerates every figure and table: `snakemake --cores N`.
import gc
import os
import sys
import threading
from pathlib import Path

from snakemake.utils import min_version

min_version("9.10")
# Python's search for unreachable objects took a tenth of a call that has nothing to do.
gc.set_threshold(100_000)

# The library is used from this checkout, in this process and in every job.
LIBRARY = os.path.join(workflow.basedir, "src")
sys.path.insert(0, LIBRARY)
search_path = filter(None, [LIBRARY, os.environ.get("PYTHONPATH")])
os.environ.update(PYTHONPATH=os.pathsep.join(search_path))
# glibc gives every large array back to the kernel and faults its successor in again, page by page;
# keeping the memory halves the time of the jobs here.
for tunable, value in {"MMAP_MAX": 0, "TRIM_THRESHOLD": 2**32, "TOP_PAD": 2**26}.items():
    os.environ.setdefault(f"MALLOC_{tunable}_", str(value))
# Compiling the library anew would take a tenth of a short job.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


from neural_spectra.errors import in_one_sentence
from neural_spectra.workflow.interruption import end_jobs_when_stopped
from neural_spectra.workflow.surroundings import need_no_home, require_folder, speak_utf8

speak_utf8(workflow.snakemake_tmp_dir)
need_no_home(Path(".snakemake").absolute())
with in_one_sentence():
    require_folder(Path(workflow.basedir).resolve())
stopped = threading.Event()
if workflow.is_main_process:
    end_jobs_when_stopped(shell, stopped)

# These take a moment, in which a user may press Ctrl-C.
from neural_spectra.config.yaml_files import read_config
from neural_spectra.workflow.progress import show_progress

show_progress(workflow, stopped)

# Snakemake does not say which file is broken, and runs code where a file asks for it.
DEFAULT = {}
with in_one_sentence():
    for name in ("config", "saturation", "rnn", "affine_maps", "open_questions", "own"):
        DEFAULT |= read_config(f"config/{name}.yaml")


configfile: "config/config.yaml"
configfile: "config/saturation.yaml"
configfile: "config/rnn.yaml"
configfile: "config/affine_maps.yaml"
configfile: "config/open_questions.yaml"
configfile: "config/own.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/saturation_files.smk"
include: "workflow/rules/saturation_chunks.smk"
include: "workflow/rules/saturation.smk"
include: "workflow/rules/rnn_files.smk"
include: "workflow/rules/rnn.smk"
include: "workflow/rules/affine_maps_files.smk"
include: "workflow/rules/affine_maps.smk"
include: "workflow/rules/open_questions_files.smk"
include: "workflow/rules/open_questions.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/report_files.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/verify.smk"
include: "workflow/rules/own_files.smk"
include: "workflow/rules/own.smk"


onstart:
    if set(workflow.dag_settings.targets) == {"analyse"}:
        print(*UNDERSTOOD, sep="\n", file=sys.stderr)
    if workflow.executor_plugin.name == "slurm" and shutil.which("sbatch") is None:
        sys.exit(
            "This machine has no SLURM (there is no sbatch): log in where the cluster takes jobs, "
            "or run here without the profile, by snakemake --cores all"
        )
    # The jobs of a cluster look for themselves: where it is started from there may be none.
    if settings.device == "cuda" and workflow.local_exec:
        from neural_spectra.workflow.devices import require_device

        with in_one_sentence():
            require_device(settings.device)


rule all:
    default_target: True
    input:
        PAGE,
        MANIFEST,
        everything(),


rule saturation:
    input:
        saturation_results(),


rule rnn:
    input:
        rnn_results(),


rule affine_maps:
    input:
        affine_maps_results(),


rule open_questions:
    input:
        open_questions_results(),
