"""The weight sets of the grid's models, for some of the seeds."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.grid_weights import write_weight_sets
from neural_spectra.studies.affine_maps.sample_weights import draw_weights

with job(snakemake) as run:
    seeds = snakemake.params.seeds
    sets = draw_weights(seeds=seeds)
    write_weight_sets(snakemake.output.weights, sets, seeds, run.provenance())
