"""Judge every claim against the tables of this run; write the ledger and its LaTeX macros."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.claims.ledger import judge_all
from neural_spectra.claims.numbers_as_text import macros
from neural_spectra.studies.tables import Computed

with job(snakemake) as run:
    files = snakemake.input
    ledger = judge_all(files.claims, files.tables, snakemake.params.others)
    run.save(Computed(ledger))
    entries = [Path(file).read_text(encoding="utf-8") for file in files.claims]
    Path(snakemake.output.entries).write_text("---\n".join(entries), encoding="utf-8")
    Path(snakemake.output.macros).write_text(macros(ledger), encoding="utf-8")
