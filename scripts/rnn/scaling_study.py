"""Growth and spectral entropy over sizes, scalings, forms and seeds."""

from neural_spectra.jobs import job
from neural_spectra.studies.rnn.scaling import scaling_study

with job(snakemake) as run:
    run.save(scaling_study(**snakemake.params.settings))
