"""The steepness of tanh(beta a) along training."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.trainable_steepness import trainable_steepness

with job(snakemake) as run:
    params = snakemake.params
    run.save(trainable_steepness(seeds=params.seeds, **params.settings))
