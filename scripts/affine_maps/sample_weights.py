"""The weight sets of the grid's models, for all seeds."""

from neural_spectra.jobs import job
from neural_spectra.studies.affine_maps.weight_draws import draw_weights
from neural_spectra.studies.affine_maps.weight_files import write_weight_sets

with job(snakemake) as run:
    seeds = list(range(snakemake.params.settings["seeds"]))
    sets = draw_weights(seeds=seeds)
    write_weight_sets(snakemake.output.weights, sets, seeds, run.provenance())
