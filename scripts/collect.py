"""Join the parts of a table that were computed by several jobs."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.tables import Computed, joined
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import read_record

with job(snakemake) as run:
    parts = zip(snakemake.input.tables, snakemake.input.records, strict=True)
    computed = [
        Computed(read_table(table), read_record(record)["residuals"]) for table, record in parts
    ]
    run.save(joined(computed, groups=snakemake.params.groups))
