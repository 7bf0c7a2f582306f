"""Saturation by layer and Jacobian norms of one network against the pre-activation scale."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.sweep_scale import sweep_scale
from neural_spectra.studies.tables import joined
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, params, swept = snakemake.wildcards.network, snakemake.params, []
    for part in params.sweeps:
        network, seeds = load_network(snakemake.input.weights, part["seeds"])
        swept.append(sweep_scale(name, network, seeds, scales=part["scales"], **params.settings))
    by_layer, norms = map(joined, zip(*swept, strict=True))
    run.save(by_layer)
    run.save(norms, "norms", "norms_record")
