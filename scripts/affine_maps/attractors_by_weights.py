"""Fig. 2: phase portraits over spectra."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.curated_models import curated_networks
from neural_spectra.studies.affine_maps.portraits import portraits
from neural_spectra.studies.affine_maps.spectra import spectra, with_spectra
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    seeds = read_table(snakemake.input.seeds)
    models = curated_networks(seeds, snakemake.input.weights, "attractors_by_weights")
    portrait = portraits(models, **snakemake.params.settings)
    run.save(with_spectra(portrait, spectra(models, **snakemake.params.spectra)))
