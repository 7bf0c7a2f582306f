"""The exact period–amplitude curve beside the simulated periods."""

from neural_spectra.jobs import job
from neural_spectra.studies.rnn.periods import period_backbone
from neural_spectra.tables import Computed, read_table

with job(snakemake) as run:
    table = period_backbone(read_table(snakemake.input.periods), **snakemake.params.settings)
    run.save(Computed(table, run.inherited()))
