"""Draw all models at a glance."""

from neural_spectra.workflow.jobs import job
from neural_spectra.figures.affine_maps.models_overview import draw
from neural_spectra.figures.style import save
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake):
    figure = draw(read_table(snakemake.input.table), snakemake.params.style)
    save(figure, snakemake.output.pdf, snakemake.output.png)
