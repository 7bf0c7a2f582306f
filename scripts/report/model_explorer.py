"""Thin the grid of all models out for the page, and follow orbits of each."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.model_explorer import explorer_grid, explorer_orbits, save
from neural_spectra.studies.affine_maps.weight_sets import read_weight_sets

with job(snakemake) as run:
    files, params = snakemake.input, snakemake.params
    sets = read_weight_sets(files.weights, [params.seed])
    save(explorer_grid(files.grid, **params.grid), snakemake.output.grid)
    save(explorer_orbits(sets, **params.orbits), snakemake.output.orbits)
    # The orbits are not made from the grid.
    run.residuals["orbits_record"] = {}
