"""Fig. 3: spectral radii over the plane."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.curated_models import curated_networks
from neural_spectra.studies.affine_maps.regions import radius_maps
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    seeds = read_table(snakemake.input.seeds)
    models = curated_networks(seeds, snakemake.input.weights, "regions_by_activation")
    run.save(radius_maps(models, **snakemake.params.settings))
