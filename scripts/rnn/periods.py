"""Simulated periods and harmonics against their closed forms."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.periods import periods

with job(snakemake) as run:
    run.save(periods(**snakemake.params.settings))
