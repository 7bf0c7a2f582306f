"""Hold the bounds against trajectories of one network."""

from neural_spectra.jobs import job
from neural_spectra.device import on_device
from neural_spectra.studies.saturation.trajectory_bounds import trajectory_bounds
from neural_spectra.weights_file import load_network

with job(snakemake) as run, on_device(snakemake.params.device):
    network, seeds = load_network(snakemake.input.weights, snakemake.params.seeds)
    name = snakemake.wildcards.network
    run.save(trajectory_bounds(name, network, seeds, **snakemake.params.settings))
