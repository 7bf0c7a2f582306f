"""The exact period–amplitude curve beside the simulated periods."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.periods import period_backbone
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    table = period_backbone(read_table(snakemake.input.periods), **snakemake.params.settings)
    run.save(Computed(table, run.inherited()))
