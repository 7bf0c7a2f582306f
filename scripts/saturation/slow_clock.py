"""The orbit of a network whose bias alone is shifted."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.saturation.slow_clock import slow_clock
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    run.save(slow_clock(**snakemake.params.settings))
