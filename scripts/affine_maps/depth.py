"""Fig. 5: spectra at rising depth."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.curated_models import curated_networks
from neural_spectra.studies.affine_maps.spectra import spectra
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    seeds = read_table(snakemake.input.seeds)
    models = curated_networks(seeds, snakemake.input.weights, "depth")
    run.save(spectra(models, **snakemake.params.settings))
