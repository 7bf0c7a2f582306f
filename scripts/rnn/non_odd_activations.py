"""Fig. 3: what activations that are not odd do to the orbits."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.planar_orbits import non_odd_activations

with job(snakemake) as run:
    run.save(non_odd_activations(**snakemake.params.settings))
