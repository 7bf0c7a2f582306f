"""The class that most draws of each model of the grid have."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.class_counts import modal_classes
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    classes = read_table(snakemake.input.classes)
    run.save(Computed(modal_classes(classes), run.inherited()))
