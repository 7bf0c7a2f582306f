"""Saturation and bound of networks as their training goes on."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.training_stages import training_stage
from neural_spectra.studies.tables import joined
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    files = zip(snakemake.params.stages, snakemake.input.weights, strict=True)
    run.save(
        joined(
            training_stage(name, stage, *load_network(file), **snakemake.params.settings)
            for (name, stage), file in files
        )
    )
