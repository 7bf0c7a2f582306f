"""Write the beginnings of a study's tables as HTML, with captions, for Snakemake's report."""

from neural_spectra.workflow.jobs import job
from neural_spectra.page.snakemake_report import write_tables

with job(snakemake):
    files, output = snakemake.input, snakemake.output
    write_tables(files.tables, files.dictionaries, files.template, output.pages, output.captions)
