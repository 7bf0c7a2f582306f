"""Table 2: saturation, determinant and multipliers."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.residuals import concerning
from neural_spectra.studies.saturation.figure_tables import table_2, to_latex
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    tables = [
        read_table(file)
        for file in (snakemake.input.sweep, snakemake.input.monodromy, snakemake.input.multipliers)
    ]
    table = table_2(*tables, **snakemake.params.settings)
    run.save(Computed(table, concerning(run.inherited())))
    Path(snakemake.output.latex).write_text(to_latex(table), encoding="utf-8")
