# What every rule file uses: the checked settings and the code behind a script.
from pathlib import Path

from snakemake.exceptions import WorkflowError

from neural_spectra import code_dependencies
from neural_spectra.config import check
from neural_spectra.errors import InputError
from neural_spectra.studies.settings import Settings

try:
    settings = check(Settings, config, [str(file) for file in workflow.configfiles])
except InputError as error:
    raise WorkflowError(str(error)) from None


def code_of(script):
    """The script and the modules it imports, transitively: inputs of its rule."""
    root = Path(workflow.basedir)
    files = code_dependencies.code_of(root / "scripts" / script)
    return [file.relative_to(root).as_posix() for file in files]


def everything():
    """The deliverables of every study that the config names."""
    results = {"saturation": saturation_results}
    return [file for study in settings.studies for file in results[study]()]
