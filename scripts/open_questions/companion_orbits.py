"""What the sets of the companion paper settle on, from a grid of starts."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.open_questions.companion_orbits import companion_orbits

with job(snakemake) as run:
    run.save(companion_orbits(**snakemake.params.settings))
