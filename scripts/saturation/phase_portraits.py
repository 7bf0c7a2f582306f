"""Fig. 2: trajectories of the exact flow and of the network."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation import DRAWN_SEED
from neural_spectra.studies.saturation.phase_portraits import phase_portraits
from neural_spectra.studies.saturation.rows_of_drawn_seed import along_circle
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, settings = snakemake.params.network, snakemake.params.settings
    network, _ = load_network(snakemake.input.weights, [DRAWN_SEED])
    rows = along_circle(read_table(snakemake.input.monodromy), name)
    run.save(phase_portraits(name, network, rows, **settings))
