"""Bounds on the Jacobian of one network against the pre-activation scale."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.scale_sweep import jacobian_bounds
from neural_spectra.studies.tables import joined
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, norms = snakemake.wildcards.network, read_table(snakemake.input.norms)
    parts = []
    for sweep in snakemake.params.sweeps:
        network, seeds = load_network(snakemake.input.weights, sweep["seeds"])
        parts.append(
            jacobian_bounds(
                name, network, seeds, norms, scales=sweep["scales"], **snakemake.params.settings
            )
        )
    run.save(joined(parts))
