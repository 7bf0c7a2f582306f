"""Table 1: the curated models, from the config that the figures are drawn from."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.table_1 import table_1, to_latex
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    table = table_1(read_table(snakemake.input.seeds))
    run.save(Computed(table, run.inherited()))
    Path(snakemake.output.latex).write_text(to_latex(table), encoding="utf-8")
