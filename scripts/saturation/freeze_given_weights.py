"""Check a user's weights and copy them to where the study reads frozen weights."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network, save_network
from neural_spectra.studies.saturation.freeze_given_weights import require_dimension

with job(snakemake) as run:
    given, name = snakemake.input.given, snakemake.wildcards.network
    network, seeds = load_network(given, snakemake.params.seeds)
    require_dimension(given, name, network, **snakemake.params.uses)
    save_network(snakemake.output.weights, network, seeds, run.provenance())
