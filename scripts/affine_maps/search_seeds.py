"""Find the seeds whose models do what the paper's captions say."""

from neural_spectra.workflow.jobs import job
from neural_spectra.networks.weights_file_writing import write_weights
from neural_spectra.studies.affine_maps.search_seeds import search_seeds

with job(snakemake) as run:
    computed, trials, weights = search_seeds(**snakemake.params.settings)
    run.save(computed)
    run.save(trials, "trials", "trials_record")
    write_weights(snakemake.output.weights, weights, {})
