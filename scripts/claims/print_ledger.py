"""Print expected, got and ratio of every claim; fail where a verdict is not the expected one."""

from neural_spectra.workflow.jobs import job
from neural_spectra.claims.ledger import lines, require_expected
from neural_spectra.errors import printable
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake):
    ledger = read_table(snakemake.input.table)
print(*map(printable, lines(ledger)), sep="\n", flush=True)
with job(snakemake):
    require_expected(ledger)
