"""A table that a figure is drawn from, of the curated models of one of the paper's figures."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.curated_models import curated_networks
from neural_spectra.studies.affine_maps.curated_tables import TABLES
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    figure, compute = TABLES[snakemake.params.table]
    seeds = read_table(snakemake.input.seeds)
    models = curated_networks(seeds, snakemake.input.weights, figure)
    run.save(compute(models, **snakemake.params.settings))
