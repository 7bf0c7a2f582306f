"""Whether losses and gradients tell which networks are saturated."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.saturation_in_diagnostics import (
    saturation_in_diagnostics,
)
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    told = saturation_in_diagnostics(read_table(snakemake.input.table))
    run.save(Computed(told, run.inherited()))
