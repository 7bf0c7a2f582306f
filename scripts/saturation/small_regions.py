"""Saturation of a trained network on discs of several sizes."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.small_regions import small_regions
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    network, seeds = load_network(snakemake.input.weights)
    run.save(small_regions(snakemake.params.network, network, seeds))
