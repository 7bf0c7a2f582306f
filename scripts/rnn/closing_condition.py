"""Which condition on the activation closes the orbits."""

from neural_spectra.jobs import job
from neural_spectra.studies.rnn.closing import closing_condition

with job(snakemake) as run:
    run.save(closing_condition(**snakemake.params.settings))
