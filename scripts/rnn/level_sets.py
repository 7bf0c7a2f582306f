"""Fig. 1: level sets of the invariant."""

from neural_spectra.jobs import job
from neural_spectra.studies.rnn.portraits import level_sets

with job(snakemake) as run:
    run.save(level_sets(**snakemake.params.settings))
