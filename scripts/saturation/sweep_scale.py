"""Saturation by layer and Jacobian norms of one network against the pre-activation scale."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.scale_sweep import sweep_scale
from neural_spectra.studies.tables import joined
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, by_layer, norms = snakemake.wildcards.network, [], []
    for sweep in snakemake.params.sweeps:
        network, seeds = load_network(snakemake.input.weights, sweep["seeds"])
        swept = sweep_scale(
            name, network, seeds, scales=sweep["scales"], **snakemake.params.settings
        )
        by_layer.append(swept[0])
        norms.append(swept[1])
    run.save(joined(by_layer))
    run.save(joined(norms), "norms", "norms_record")
