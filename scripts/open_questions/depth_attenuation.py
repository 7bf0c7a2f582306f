"""The bound on the Jacobian of deep networks, by depth and saturated layers."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.depth_attenuation import depth_attenuation

with job(snakemake) as run:
    params = snakemake.params
    run.save(depth_attenuation(seeds=params.seeds, **params.settings))
