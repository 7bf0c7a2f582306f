"""What the overview of all models draws."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.class_counts import class_changes
from neural_spectra.studies.affine_maps.models_overview import models_overview
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    models, counts = read_table(snakemake.input.models), read_table(snakemake.input.counts)
    changes = {"class_changes": class_changes(counts, models)}
    run.save(Computed(models_overview(models, counts), run.inherited() | changes))
