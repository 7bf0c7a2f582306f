"""Periodic orbits of one network's own, and their multipliers."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.own_orbits import own_orbits
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, params = snakemake.wildcards.network, snakemake.params
    network, seeds = load_network(snakemake.input.weights, params.seeds)
    table, multipliers = own_orbits(name, network, seeds, scales=params.scales, **params.settings)
    run.save(table)
    run.save(multipliers, "multipliers", "multipliers_record")
