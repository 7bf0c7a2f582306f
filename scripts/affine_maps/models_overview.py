"""What the overview of all models draws."""

from neural_spectra.jobs import job
from neural_spectra.studies.affine_maps.grid_classes import models_overview
from neural_spectra.tables import Computed, read_table

with job(snakemake) as run:
    models, counts = read_table(snakemake.input.models), read_table(snakemake.input.counts)
    run.save(Computed(models_overview(models, counts), run.inherited()))
