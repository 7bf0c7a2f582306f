"""Which condition on the activation closes the orbits."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.closing_condition import closing_condition

with job(snakemake) as run:
    run.save(closing_condition(**snakemake.params.settings))
