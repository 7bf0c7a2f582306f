"""Select what a figure draws from the tables of all networks, replicates and scales."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.claims.agreement_bands import agreements
from neural_spectra.studies.residuals import concerning
from neural_spectra.studies.saturation.figure_tables import SHOW_REFINED_BOUND, TABLES
from neural_spectra.studies.saturation.paper_numbers import CLAIMS
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    name, settings = Path(snakemake.output.table).stem, snakemake.params.settings
    sources = {key: read_table(file) for key, file in snakemake.input.items() if key != "claims"}
    if hasattr(snakemake.input, "claims"):
        sources["paper"] = agreements(snakemake.input.claims, CLAIMS.values())
    table = TABLES[name](**sources, **settings)
    refined_on = settings["region"] if name in SHOW_REFINED_BOUND else None
    run.save(Computed(table, concerning(run.inherited(), refined_on)))
