"""A periodic orbit in three dimensions with det M < 1 that does not attract."""

from neural_spectra.jobs import job
from neural_spectra.studies.saturation.theorems import three_dimensions

with job(snakemake) as run:
    run.save(three_dimensions(**snakemake.params.settings))
