"""The largest Lyapunov exponents of many draws of one row of Table 1."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.rare_chaos import rare_chaos

with job(snakemake) as run:
    run.save(rare_chaos(**snakemake.params.settings))
