"""Where Yorke's limit lies and where one network's own orbit ends."""

from neural_spectra.jobs import job
from neural_spectra.records import read_table
from neural_spectra.studies.saturation.own_orbits import yorke_limit
from neural_spectra.weights_file import load_network

with job(snakemake) as run:
    network, seeds = load_network(snakemake.input.weights, snakemake.params.seeds)
    monodromy = read_table(snakemake.input.monodromy)
    name, radius = snakemake.wildcards.network, snakemake.params.radius
    run.save(yorke_limit(name, network, seeds, monodromy, radius=radius))
