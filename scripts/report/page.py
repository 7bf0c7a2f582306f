"""Put the pictures into the page; its record lists every result."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.page.embedded_data import with_pictures

with job(snakemake):
    figures = [Path(file) for file in snakemake.input.figures]
    pictures = {f"{file.parts[1]}/{file.stem}": file for file in figures}
    text = Path(snakemake.input.text).read_text(encoding="utf-8")
    Path(snakemake.output.page).write_text(with_pictures(text, pictures), encoding="utf-8")
