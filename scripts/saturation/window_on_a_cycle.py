"""A cycle on which the window for single multipliers excludes the benchmark's contraction."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.saturation.window_on_a_cycle import window_on_a_cycle
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    run.save(window_on_a_cycle(**snakemake.params.settings))
