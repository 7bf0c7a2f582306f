"""Fig. 2: trajectories of the exact flow and of the network."""

from neural_spectra.jobs import job
from neural_spectra.device import on_device
from neural_spectra.studies.saturation.portraits import phase_portraits
from neural_spectra.tables import read_table
from neural_spectra.weights_file import load_network

with job(snakemake) as run, on_device(snakemake.params.device):
    name, settings = snakemake.params.network, snakemake.params.settings
    network, _ = load_network(snakemake.input.weights, [0])
    rows = read_table(snakemake.input.monodromy).query(
        "network == @name and seed == 0 and orbit == 'reference'"
    )
    run.save(phase_portraits(name, network, rows, **settings))
