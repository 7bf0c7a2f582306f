"""Balls around the fixed points of the curated models that are proved to tend to them."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.contracting_balls import contracting_balls
from neural_spectra.studies.affine_maps.curated_models import curated_networks
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    seeds, weights = read_table(snakemake.input.seeds), snakemake.input.weights
    models = [
        (figure, model)
        for figure in seeds["figure"].unique()
        for model in curated_networks(seeds, weights, figure)
    ]
    run.save(Computed(contracting_balls(models, **snakemake.params.settings), run.inherited()))
