"""Join the counts of all seeds, and hold them against the models of one."""

from neural_spectra.workflow.jobs import job
from neural_spectra.studies.affine_maps.class_counts import class_changes
from neural_spectra.studies.tables import Computed, joined
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import read_record

with job(snakemake) as run:
    parts = zip(snakemake.input.tables, snakemake.input.records, strict=True)
    counts = joined(
        Computed(read_table(table), read_record(record)["residuals"]) for table, record in parts
    )
    changes = class_changes(counts.table, read_table(snakemake.input.models))
    run.save(Computed(counts.table, {**counts.residuals, "class_changes": changes}))
