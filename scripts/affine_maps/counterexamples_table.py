"""The paper's statements and the cases in which they fail, also for LaTeX."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.counterexamples_table import counterexamples_table, to_latex
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    table = counterexamples_table(read_table(snakemake.input.counterexamples))
    run.save(Computed(table, run.inherited()))
    Path(snakemake.output.latex).write_text(to_latex(table), encoding="utf-8")
