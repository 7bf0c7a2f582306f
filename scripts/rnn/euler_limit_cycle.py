"""The cycle that Euler's growth and damping make together."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.euler_limit_cycle import euler_limit_cycle

with job(snakemake) as run:
    run.save(euler_limit_cycle(**snakemake.params.settings))
