"""Find the seeds whose models do what the paper's captions say."""

from neural_spectra.jobs import job
from neural_spectra.stacked_weights import write_weights
from neural_spectra.studies.affine_maps.curated_models import search_seeds

with job(snakemake) as run:
    computed, trials, weights = search_seeds(**snakemake.params.settings)
    run.save(computed)
    run.save(trials, "trials", "trials_record")
    write_weights(snakemake.output.weights, weights, {})
