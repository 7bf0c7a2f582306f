"""Print expected, got and ratio of every claim; fail where a verdict is not the expected one."""

import sys

from neural_spectra.claims.ledger import lines, unexpected
from neural_spectra.records import read_table

ledger = read_table(snakemake.input.table)
print(*lines(ledger), sep="\n", flush=True)
surprises = unexpected(ledger)
if surprises:
    print(f"Not as expected: {', '.join(surprises)}", flush=True)
    sys.exit(1)
