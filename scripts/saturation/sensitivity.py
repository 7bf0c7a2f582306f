"""What the paper's numbers depend on, for variants of one network."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.saturation.sensitivity import sensitivity
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, variants = snakemake.wildcards.network, snakemake.params.variants
    run.save(sensitivity(name, variants=variants, **snakemake.params.settings))
