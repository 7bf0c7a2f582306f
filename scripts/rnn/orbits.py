"""Fig. 2: orbits of the planar network by forward Euler."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.planar_orbits import orbits

with job(snakemake) as run:
    run.save(orbits(**snakemake.params.settings))
