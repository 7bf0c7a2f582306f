"""Draw a figure from its table: the module of its name says how."""

from importlib import import_module

from neural_spectra.workflow.jobs import job
from neural_spectra.figures.style import save
from neural_spectra.workflow.csv_tables import read_table

with job(snakemake):
    (module,) = snakemake.params.code["modules"]
    draw = import_module(f"neural_spectra.{module}").draw
    figure = draw(read_table(snakemake.input.table), snakemake.params.style)
    save(figure, snakemake.output.pdf, snakemake.output.png)
