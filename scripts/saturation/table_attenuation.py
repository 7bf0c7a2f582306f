"""Select what Fig. 1 shows."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.residuals import concerning
from neural_spectra.studies.saturation.figure_tables import attenuation
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    tables = [read_table(file) for file in (snakemake.input.sweep,)]
    table = attenuation(*tables, **snakemake.params.settings)
    run.save(Computed(table, concerning(run.inherited())))
