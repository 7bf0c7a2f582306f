"""Train networks of all kinds on trajectories of the Morris-Lecar neurons, by one protocol."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import save_network
from neural_spectra.studies.open_questions.train_morris_lecar import train_morris_lecar

with job(snakemake) as run:
    params = snakemake.params
    networks, losses = train_morris_lecar(params.seeds, **params.settings)
    for file, network in zip(snakemake.output.weights, networks.values(), strict=True):
        # All seeds and sets after all steps: the table says which is which.
        save_network(file, network, range(len(network.weights[0])), run.provenance())
    run.save(losses)
