"""How much of the differences between networks their activation and their budget explain."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.slopes_or_budget import slopes_or_budget
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    told = slopes_or_budget(read_table(snakemake.input.table))
    run.save(Computed(told, run.inherited()))
