"""Fig. 4: spectra of the planar network."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.spectral_response import spectral_response

with job(snakemake) as run:
    run.save(spectral_response(**snakemake.params.settings))
