"""Weights, saturation and loss of networks along their training."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.weight_growth import weight_growth

with job(snakemake) as run:
    params = snakemake.params
    run.save(weight_growth(seeds=params.seeds, **params.settings))
