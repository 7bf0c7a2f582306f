"""Classes of the models' attractors for some of the seeds."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.class_counts import class_counts
from neural_spectra.studies.affine_maps.weight_sets import read_weight_sets

with job(snakemake) as run:
    seeds = snakemake.params.seeds
    sets = read_weight_sets(snakemake.input.weights, seeds)
    counts, classes = class_counts(sets, seeds=seeds, **snakemake.params.settings)
    run.save(counts)
    run.save(classes, "classes", "classes_record")
