"""Select what Fig. 5 shows."""

from neural_spectra.jobs import job
from neural_spectra.studies.saturation.figure_tables import refined_bound
from neural_spectra.studies.saturation.residuals import concerning
from neural_spectra.tables import Computed, read_table

with job(snakemake) as run:
    tables = [read_table(file) for file in (snakemake.input.sweep,)]
    table = refined_bound(*tables, **snakemake.params.settings)
    region = snakemake.params.settings["region"]
    run.save(Computed(table, concerning(run.inherited(), refined_on=region)))
