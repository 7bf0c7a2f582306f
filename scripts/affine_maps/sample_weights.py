"""The weight sets of the grid's models, for some of the seeds."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.sample_weights import sample_weights
from neural_spectra.studies.affine_maps.weight_sets import write_weight_sets

with job(snakemake) as run:
    seeds = snakemake.params.seeds
    sets = sample_weights(seeds=seeds)
    write_weight_sets(snakemake.output.weights, sets, seeds, run.provenance())
