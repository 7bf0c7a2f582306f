"""What is proved about the closed orbits of one network at every pre-activation scale."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.certificates import certificates
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, params = snakemake.wildcards.network, snakemake.params
    network, seeds = load_network(snakemake.input.weights, params.seeds)
    orbits = read_table(snakemake.input.orbits)
    run.save(certificates(name, network, seeds, orbits, scales=params.scales, **params.settings))
