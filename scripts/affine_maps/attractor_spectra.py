"""Fig. 8: the spectra of the models of Fig. 6."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.curated_models import curated_networks
from neural_spectra.studies.affine_maps.spectra import spectra
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    seeds = read_table(snakemake.input.seeds)
    models = curated_networks(seeds, snakemake.input.weights, "attractor_types")
    run.save(spectra(models, **snakemake.params.settings))
