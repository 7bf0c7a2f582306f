"""The paper's statements on random networks and matrices, and on small cases."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.statements import statements

with job(snakemake) as run:
    run.save(statements(**snakemake.params.settings))
