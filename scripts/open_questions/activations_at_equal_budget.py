"""Networks of different activations within equal Lipschitz budgets."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.activations_at_equal_budget import (
    activations_at_equal_budget,
)

with job(snakemake) as run:
    networks, explained = activations_at_equal_budget(**snakemake.params.settings)
    run.save(networks)
    run.save(explained, "slopes_or_budget", "slopes_or_budget_record")
