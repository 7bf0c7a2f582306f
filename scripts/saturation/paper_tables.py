"""Select what a table of the paper shows from the tables of all networks, replicates and scales."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.residuals import concerning
from neural_spectra.studies.saturation.paper_tables import SHOW_REFINED_BOUND, TABLES, to_latex
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    name, settings = Path(snakemake.output.table).stem, snakemake.params.settings
    sources = {key: read_table(file) for key, file in snakemake.input.items()}
    table = TABLES[name](**sources, **settings)
    refined_on = settings["region"] if name in SHOW_REFINED_BOUND else None
    run.save(Computed(table, concerning(run.inherited(), refined_on)))
    Path(snakemake.output.latex).write_text(to_latex(name, table), encoding="utf-8")
