"""The 828 models, a row each, and their affine maps over the plane."""

from neural_spectra.jobs import job
from neural_spectra.studies.affine_maps.grid import models
from neural_spectra.studies.affine_maps.grid_values import GridFile
from neural_spectra.studies.affine_maps.weight_files import read_weight_sets

with job(snakemake) as run:
    settings = snakemake.params.settings
    sets = read_weight_sets(snakemake.input.weights, [settings["seed"]])
    with GridFile(snakemake.output.grid, settings["extent"], settings["points"]) as file:
        computed = models(sets, file.add, **settings)
    run.save(computed)
    name = "linearisation_error"
    run.residuals["grid_record"] = {name: computed.residuals[name]}
