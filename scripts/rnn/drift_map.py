"""Drift of forward Euler over step size, frequency and activation."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.invariants import drift_map

with job(snakemake) as run:
    run.save(drift_map(**snakemake.params.settings))
