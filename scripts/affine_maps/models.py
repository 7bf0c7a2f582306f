"""The 828 models, a row each, and their affine maps over the plane."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.affine_maps_over_plane import GridFile
from neural_spectra.studies.affine_maps.grid_weights import read_weight_sets
from neural_spectra.studies.affine_maps.models import models

with job(snakemake) as run:
    settings = snakemake.params.settings
    sets = read_weight_sets(snakemake.input.weights, [settings["seed"]])
    with GridFile(snakemake.output.grid, settings["extent"], settings["points"]) as file:
        computed = models(sets, file.add, **settings)
    run.save(computed)
    name = "linearisation_error"
    run.residuals["grid_record"] = {name: computed.residuals[name]}
