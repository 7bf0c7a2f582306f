"""Saturation and bound of networks as their training goes on."""

from neural_spectra.jobs import job
from neural_spectra.device import on_device
from neural_spectra.studies.saturation.training_stages import training_stage
from neural_spectra.tables import joined
from neural_spectra.weights_file import load_network

with job(snakemake) as run, on_device(snakemake.params.device):
    files = zip(snakemake.params.stages, snakemake.input.weights, strict=True)
    run.save(
        joined(
            training_stage(name, stage, *load_network(file), **snakemake.params.settings)
            for (name, stage), file in files
        )
    )
