"""Drift of the invariant by every integrator."""

from neural_spectra.jobs import job
from neural_spectra.studies.rnn.conservation import invariants

with job(snakemake) as run:
    run.save(invariants(**snakemake.params.settings))
