"""Join the parts of a table that were computed by several jobs."""

from neural_spectra.jobs import job
from neural_spectra.records import read_record
from neural_spectra.tables import Computed, joined, read_table

with job(snakemake) as run:
    parts = zip(snakemake.input.tables, snakemake.input.records, strict=True)
    run.save(
        joined(
            Computed(read_table(table), read_record(record)["residuals"]) for table, record in parts
        )
    )
