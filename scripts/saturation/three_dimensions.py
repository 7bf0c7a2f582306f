"""A periodic orbit in three dimensions with det M < 1 that does not attract."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.saturation.three_dimensions import three_dimensions
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    run.save(three_dimensions(**snakemake.params.settings))
