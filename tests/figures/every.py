"""The figures of all studies, named ``study/figure``, drawn once from small tables."""

import importlib
from functools import cache

import affine_overview_drawings
import affine_portrait_drawings
import drawings
import rnn_drawings
import rnn_theory_drawings
from drawings import STYLE

TABLES = {
    f"{study}/{table.__name__}": table
    for study, tables in {
        "saturation": drawings.TABLES,
        "rnn": [*rnn_drawings.TABLES, *rnn_theory_drawings.TABLES],
        "affine_maps": [*affine_portrait_drawings.TABLES, *affine_overview_drawings.TABLES],
    }.items()
    for table in tables
}


def draw(name, table, style=STYLE):
    module = importlib.import_module(f"neural_spectra.figures.{name.replace('/', '.')}")
    return module.draw(table, style)


@cache
def drawn(name):
    table = TABLES[name]()
    return table, draw(name, table)
