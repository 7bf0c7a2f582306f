"""The weight sets of the grid's models, for some of the seeds."""

from neural_spectra.jobs import job
from neural_spectra.studies.affine_maps.weight_draws import draw_weights
from neural_spectra.studies.affine_maps.weight_files import write_weight_sets

with job(snakemake) as run:
    seeds = snakemake.params.seeds
    sets = draw_weights(seeds=seeds)
    write_weight_sets(snakemake.output.weights, sets, seeds, run.provenance())
