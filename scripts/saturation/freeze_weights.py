"""Join the trained replicates of one network into its frozen weights, a file for each stage."""

from neural_spectra.jobs import job
from neural_spectra.networks import stacked
from neural_spectra.weights_file import load_network, save_network

with job(snakemake) as run:
    for frozen in snakemake.output:
        stage = frozen.removesuffix(".safetensors").split("/")[-1]
        trained = [file for file in snakemake.input.trained if f".{stage}." in file]
        networks, seeds = zip(*map(load_network, trained), strict=True)
        save_network(frozen, stacked(networks), sum(seeds, ()), run.provenance())
