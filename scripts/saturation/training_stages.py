"""Saturation and bound of one network as its training goes on."""

from neural_spectra.jobs import job
from neural_spectra.studies.saturation.theorems import training_stages
from neural_spectra.weights_file import load_network

with job(snakemake) as run:
    stages = {
        stage: load_network(file, snakemake.params.seeds)[0]
        for stage, file in zip(snakemake.params.stages, snakemake.input.weights, strict=True)
    }
    name, seeds = snakemake.wildcards.network, snakemake.params.seeds
    run.save(training_stages(name, stages, seeds, **snakemake.params.settings))
