"""Train the replicates of one network."""

from neural_spectra.jobs import job
from neural_spectra.studies.saturation.train import train_stuart_landau
from neural_spectra.weights_file import save_network

with job(snakemake) as run:
    stages, losses = train_stuart_landau(snakemake.wildcards.network, **snakemake.params)
    for stage, network in stages.items():
        save_network(snakemake.output[stage], network, snakemake.params.seeds, run.provenance())
    run.save(losses)
