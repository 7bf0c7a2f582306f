"""The paper's theory, case by case."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.theory import theory
from neural_spectra.studies.rnn.theory_of_orbits import Trials

with job(snakemake) as run:
    run.save(theory(Trials(**snakemake.params.settings)))
