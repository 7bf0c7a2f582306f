"""Join the parts of a table that were computed for chunks of the seeds."""

from neural_spectra.jobs import job
from neural_spectra.records import read_record
from neural_spectra.studies.rnn.parts import joined_over_seeds
from neural_spectra.tables import Computed, read_table

with job(snakemake) as run:
    parts = zip(snakemake.input.tables, snakemake.input.records, strict=True)
    run.save(
        joined_over_seeds(
            Computed(read_table(table), read_record(record)["residuals"]) for table, record in parts
        )
    )
