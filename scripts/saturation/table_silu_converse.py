"""Select the own orbits of the networks that the converse compares."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.saturation.figure_tables import silu_converse
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake) as run:
    tables = [
        read_table(file)
        for file in (
            snakemake.input.monodromy,
            snakemake.input.multipliers,
        )
    ]
    table = silu_converse(*tables, **snakemake.params.settings)
    run.save(Computed(table, run.inherited()))
