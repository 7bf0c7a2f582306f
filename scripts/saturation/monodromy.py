"""Monodromy matrices and multipliers of one network along the reference circle."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.monodromy import reference_monodromy
from neural_spectra.studies.tables import joined
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, params, found = snakemake.wildcards.network, snakemake.params, []
    for part in params.sweeps:
        network, seeds = load_network(snakemake.input.weights, part["seeds"])
        along = reference_monodromy(name, network, seeds, scales=part["scales"], **params.settings)
        found.append(along)
    table, multipliers = map(joined, zip(*found, strict=True))
    run.save(table)
    run.save(multipliers, "multipliers", "multipliers_record")
