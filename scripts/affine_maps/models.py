"""The 828 models, a row each, and their affine maps over the plane."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.grid_file import grid_file
from neural_spectra.studies.affine_maps.models import models
from neural_spectra.studies.affine_maps.weight_sets import read_weight_sets

with job(snakemake) as run:
    settings = snakemake.params.settings
    sets = read_weight_sets(snakemake.input.weights, [settings["seed"]])
    with grid_file(snakemake.output.grid, settings["extent"], settings["points"]) as append:
        computed = models(sets, append, **settings)
    run.save(computed)
    name = "linearisation_error"
    run.residuals["grid_record"] = {name: computed.residuals[name]}
