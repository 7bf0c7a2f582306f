"""The powers of the steps with which weights, saturation and periods grow along training."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.weight_growth_slopes import weight_growth_slopes
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    slopes = weight_growth_slopes(read_table(snakemake.input.table))
    run.save(Computed(slopes, run.inherited()))
