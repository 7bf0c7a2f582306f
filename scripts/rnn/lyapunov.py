"""Largest Lyapunov exponents over sizes, scalings, forms and seeds."""

from neural_spectra.jobs import job
from neural_spectra.studies.rnn.scaling import lyapunov

with job(snakemake) as run:
    run.save(lyapunov(**snakemake.params.settings))
