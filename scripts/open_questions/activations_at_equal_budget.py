"""Networks of different activations within equal Lipschitz budgets."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.activations_at_equal_budget import (
    activations_at_equal_budget,
)

with job(snakemake) as run:
    params = snakemake.params
    run.save(activations_at_equal_budget(seeds=params.seeds, **params.settings))
