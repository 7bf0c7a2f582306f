"""The largest ρ(A*) of many networks whose weights are all stable."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.stable_weights import stable_weights

with job(snakemake) as run:
    run.save(stable_weights(**snakemake.params.settings))
