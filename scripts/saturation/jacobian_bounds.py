"""Bounds on the Jacobian of one network against the pre-activation scale."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.jacobian_bounds import jacobian_bounds
from neural_spectra.studies.tables import joined
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, norms = snakemake.wildcards.network, read_table(snakemake.input.norms)
    params, found = snakemake.params, []
    for part in params.sweeps:
        network, seeds = load_network(snakemake.input.weights, part["seeds"])
        settings = {"scales": part["scales"], **params.settings}
        found.append(jacobian_bounds(name, network, seeds, norms, **settings))
    run.save(joined(found))
