"""Saturation outside the data, with and without batch normalisation."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.batch_normalisation import batch_normalisation

with job(snakemake) as run:
    params = snakemake.params
    run.save(batch_normalisation(seeds=params.seeds, **params.settings))
