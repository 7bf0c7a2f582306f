"""The loss that deep networks reach, by the spectral radius of their A*."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.learning_and_radius import learning_and_radius

with job(snakemake) as run:
    params = snakemake.params
    run.save(learning_and_radius(seeds=params.seeds, **params.settings))
