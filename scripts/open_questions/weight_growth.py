"""Weights, saturation and loss of networks along their training."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.weight_growth import weight_growth

with job(snakemake) as run:
    growth, diagnostics = weight_growth(**snakemake.params.settings)
    run.save(growth)
    run.save(diagnostics, "saturation_in_diagnostics", "saturation_in_diagnostics_record")
