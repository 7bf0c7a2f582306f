"""Put all that is known about a network of the user's own on one page."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.page.page_of_network import page_of_network

with job(snakemake):
    page = Path(snakemake.output.page)
    page.write_text(page_of_network(page.parent), encoding="utf-8")
