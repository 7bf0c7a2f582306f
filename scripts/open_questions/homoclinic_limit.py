"""Cycles beside a homoclinic orbit, as their period grows."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.homoclinic_limit import homoclinic_limit

with job(snakemake) as run:
    run.save(homoclinic_limit(**snakemake.params.settings))
