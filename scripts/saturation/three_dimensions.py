"""A periodic orbit in three dimensions with det M < 1 that does not attract."""

from neural_spectra.jobs import job
from neural_spectra.device import on_device
from neural_spectra.studies.saturation.three_dimensions import three_dimensions

with job(snakemake) as run, on_device(snakemake.params.device):
    run.save(three_dimensions(**snakemake.params.settings))
