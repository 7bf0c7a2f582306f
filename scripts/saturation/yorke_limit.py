"""Where Yorke's limit lies and where the networks' own orbits end."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file import load_network
from neural_spectra.studies.saturation.yorke_limit import yorke_limit
from neural_spectra.studies.tables import Computed, joined
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.devices import on_device

with job(snakemake) as run, on_device(snakemake.params.device):
    monodromy = read_table(snakemake.input.monodromy)
    files = zip(snakemake.params.networks, snakemake.input.weights, strict=True)
    found = joined(
        yorke_limit(name, *load_network(weights), monodromy, **snakemake.params.settings)
        for name, weights in files
    )
    run.save(Computed(found.table, {**run.inherited(), **found.residuals}))
