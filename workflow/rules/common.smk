# What all other files here use: the checked settings and the code behind a script.
import math
import sys
from pathlib import Path

from neural_spectra import code_dependencies
from neural_spectra.config import check
from neural_spectra.errors import InputError
from neural_spectra.studies.settings import Settings

# Snakemake merges what the command line gives last, but lists it first.
here, given = f"{Path.cwd()}/", workflow.overwrite_configfiles
files = [*workflow.configfiles[len(given) :], *given]
files = [str(file).removeprefix(here) for file in files]
try:
    settings = check(Settings, config, files)
except InputError as error:
    # Not a WorkflowError: that would surround the sentence with lines of this file.
    sys.exit(str(error))


def code_of(script):
    """The script and the modules it imports, transitively: inputs of its rule."""
    root = Path(workflow.basedir)
    files = code_dependencies.code_of(root / "scripts" / script)
    return [file.relative_to(root).as_posix() for file in files]


def everything():
    """The deliverables of every study that the config names."""
    results = {
        "saturation": saturation_results,
        "rnn": rnn_results,
        "affine_maps": affine_maps_results,
    }
    return [file for study in settings.studies for file in results[study]()]
