"""The paper's theory, case by case."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.theory import theory

with job(snakemake) as run:
    run.save(theory(**snakemake.params.settings))
