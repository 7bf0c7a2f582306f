"""Growth and spectral entropy over sizes, scalings and forms, for some of the seeds."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.scaling_study import Ensemble, scaling_study

with job(snakemake) as run:
    run.save(scaling_study(Ensemble(seeds=snakemake.params.seeds, **snakemake.params.settings)))
