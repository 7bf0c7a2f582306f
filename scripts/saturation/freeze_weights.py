"""Join the trained replicates of one network into its frozen weights, a file for each stage."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file_writing import join_weights

with job(snakemake) as run:
    for frozen in snakemake.output.weights:
        stage = frozen.removesuffix(".safetensors").split("/")[-1]
        trained = [file for file in snakemake.input.trained if f".{stage}." in file]
        join_weights(trained, frozen, run.provenance())
