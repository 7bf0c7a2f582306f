"""Select what Fig. 4 shows."""

from neural_spectra.jobs import job
from neural_spectra.studies.saturation.figure_tables import multipliers_window
from neural_spectra.studies.saturation.residuals import concerning
from neural_spectra.tables import Computed, read_table

with job(snakemake) as run:
    tables = [
        read_table(file)
        for file in (
            snakemake.input.sweep,
            snakemake.input.multipliers,
        )
    ]
    table = multipliers_window(*tables, **snakemake.params.settings)
    run.save(Computed(table, concerning(run.inherited())))
