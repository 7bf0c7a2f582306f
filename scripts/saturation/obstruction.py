"""Fig. 3: the obstruction bound of one network under bias offsets."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.obstruction import obstruction
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    network, seeds = load_network(snakemake.input.weights, snakemake.params.seeds)
    name = snakemake.wildcards.network
    run.save(obstruction(name, network, seeds, **snakemake.params.settings))
