"""All multipliers of the Hodgkin-Huxley neuron."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.hodgkin_huxley import hodgkin_huxley

with job(snakemake) as run:
    run.save(hodgkin_huxley(**snakemake.params.settings))
