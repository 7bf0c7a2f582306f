"""Check a user's weights and copy them to where the study reads frozen weights."""

from neural_spectra.jobs import job
from neural_spectra.weights_file import load_network, save_network

with job(snakemake) as run:
    network, seeds = load_network(snakemake.input.given, snakemake.params.seeds)
    save_network(snakemake.output.weights, network, seeds, run.provenance())
