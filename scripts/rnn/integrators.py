"""Work of the integrators against their drift."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.invariants import integrators

with job(snakemake) as run:
    run.save(integrators(**snakemake.params.settings))
