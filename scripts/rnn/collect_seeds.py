"""Join the parts of a table that were computed for chunks of the seeds."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.rnn.collect_seeds import joined_over_seeds
from neural_spectra.studies.tables import Computed
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import read_record

with job(snakemake) as run:
    parts = zip(snakemake.input.tables, snakemake.input.records, strict=True)
    run.save(
        joined_over_seeds(
            Computed(read_table(table), read_record(record)["residuals"]) for table, record in parts
        )
    )
