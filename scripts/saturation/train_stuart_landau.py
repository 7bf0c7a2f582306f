"""Train the replicates of one network."""

from neural_spectra.jobs import job
from neural_spectra.device import on_device
from neural_spectra.studies.saturation.train import train_stuart_landau
from neural_spectra.weights_file import save_network

with job(snakemake) as run, on_device(snakemake.params.device):
    name, seeds = snakemake.wildcards.network, snakemake.params.seeds
    stages, losses = train_stuart_landau(
        name, seeds, network=snakemake.params.network, **snakemake.params.settings
    )
    for stage, network in stages.items():
        save_network(snakemake.output[stage], network, seeds, run.provenance())
    run.save(losses)
