"""Fig. 1: level sets of the invariant."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.planar_orbits import level_sets

with job(snakemake) as run:
    run.save(level_sets(**snakemake.params.settings))
