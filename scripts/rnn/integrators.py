"""Work of the integrators against their drift."""

from neural_spectra.jobs import job
from neural_spectra.studies.rnn.conservation import integrators

with job(snakemake) as run:
    run.save(integrators(**snakemake.params.settings))
