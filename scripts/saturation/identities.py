"""The statements about any network, on random networks and at special values."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.saturation.identities import identities

with job(snakemake) as run:
    run.save(identities(**snakemake.params.settings))
