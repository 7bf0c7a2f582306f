"""Drift of the invariant by every integrator."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.invariants import invariants

with job(snakemake) as run:
    run.save(invariants(**snakemake.params.settings))
