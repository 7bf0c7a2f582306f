"""Fig. 5: signals and their short-time spectra for several sizes."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.spectral_response import euler_instability

with job(snakemake) as run:
    run.save(euler_instability(**snakemake.params.settings))
