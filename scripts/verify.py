"""Compare every result with what was recorded when it was written."""

from neural_spectra.workflow.jobs import job
from neural_spectra.workflow.verification import verify

with job(snakemake):
    count = verify(snakemake.params.records)
print(f"All {count} results are as they were written.")
