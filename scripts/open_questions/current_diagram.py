"""Equilibria and cycles of Morris-Lecar neurons over the current, and where they end."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.current_diagram import current_diagram

with job(snakemake) as run:
    diagram, bifurcations = current_diagram(**snakemake.params.settings)
    run.save(diagram)
    run.save(bifurcations, "bifurcations", "bifurcations_record")
