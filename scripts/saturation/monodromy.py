"""Monodromy matrices and multipliers of one network along the reference circle."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.monodromy import reference_monodromy
from neural_spectra.studies.tables import joined
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    name, tables, multipliers = snakemake.wildcards.network, [], []
    for sweep in snakemake.params.sweeps:
        network, seeds = load_network(snakemake.input.weights, sweep["seeds"])
        found = reference_monodromy(
            name, network, seeds, scales=sweep["scales"], **snakemake.params.settings
        )
        tables.append(found[0])
        multipliers.append(found[1])
    run.save(joined(tables))
    run.save(joined(multipliers), "multipliers", "multipliers_record")
