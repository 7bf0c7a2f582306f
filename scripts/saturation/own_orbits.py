"""Periodic orbits of one network's own, and their multipliers."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.own_orbits import own_orbits
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    network, seeds = load_network(snakemake.input.weights, snakemake.params.seeds)
    table, multipliers = own_orbits(
        snakemake.wildcards.network,
        network,
        seeds,
        scales=snakemake.params.scales,
        **snakemake.params.settings,
    )
    run.save(table)
    run.save(multipliers, "multipliers", "multipliers_record")
