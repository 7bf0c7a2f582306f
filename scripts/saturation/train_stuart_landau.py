"""Train the replicates of one network."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import save_network
from neural_spectra.studies.saturation.train_stuart_landau import train_stuart_landau
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, seeds = snakemake.wildcards.network, snakemake.params.seeds
    stages, losses = train_stuart_landau(
        name, seeds, network=snakemake.params.network, **snakemake.params.settings
    )
    for stage, network in stages.items():
        save_network(snakemake.output[stage], network, seeds, run.provenance())
    run.save(losses)
