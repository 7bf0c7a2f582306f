"""Select the paper's seed-dependent numbers."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.residuals import concerning
from neural_spectra.studies.saturation.figure_tables import seed_spread
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    tables = [
        read_table(file)
        for file in (
            snakemake.input.sweep,
            snakemake.input.monodromy,
        )
    ]
    table = seed_spread(*tables, **snakemake.params.settings)
    region = snakemake.params.settings["region"]
    run.save(Computed(table, concerning(run.inherited(), refined_on=region)))
