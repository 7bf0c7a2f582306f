"""Where Yorke's limit lies and where the networks' own orbits end."""

from neural_spectra.jobs import job
from neural_spectra.device import on_device
from neural_spectra.studies.saturation.yorke import yorke_limit
from neural_spectra.tables import Computed, joined, read_table
from neural_spectra.weights_file import load_network

with job(snakemake) as run, on_device(snakemake.params.device):
    monodromy = read_table(snakemake.input.monodromy)
    files = zip(snakemake.params.networks, snakemake.input.weights, strict=True)
    found = joined(
        yorke_limit(name, *load_network(weights), monodromy, **snakemake.params.settings)
        for name, weights in files
    )
    run.save(Computed(found.table, {**run.inherited(), **found.residuals}))
