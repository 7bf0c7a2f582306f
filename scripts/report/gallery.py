"""All figures at a glance: a contact sheet, and a page that shows them larger."""

from pathlib import Path

from neural_spectra.workflow.jobs import job
from neural_spectra.figures.contact_sheet import draw
from neural_spectra.figures.style import save
from neural_spectra.page.gallery import gallery

with job(snakemake):
    figures = [Path(file) for file in snakemake.input.figures]
    save(draw(figures, snakemake.params.style), snakemake.output.sheet)
    template = Path(snakemake.input.template).read_text(encoding="utf-8")
    names = [f"{file.parts[1]}/{file.stem}" for file in figures]
    Path(snakemake.output.page).write_text(gallery(template, names), encoding="utf-8")
