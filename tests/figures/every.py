"""The figures of all studies, named ``study/figure``, drawn once from small tables."""

import affine_overview_drawings
import affine_portrait_drawings
import drawings
import open_questions_drawings
import own_flow_drawings
import own_map_drawings
import own_skew_drawings
import rnn_drawings
import rnn_theory_drawings
from drawings import STYLE

DRAWINGS = {
    f"{study}/{table.__name__}": module
    for study, modules in {
        "saturation": [drawings],
        "rnn": [rnn_drawings, rnn_theory_drawings],
        "affine_maps": [affine_portrait_drawings, affine_overview_drawings],
        "open_questions": [open_questions_drawings],
        "own": [own_flow_drawings, own_map_drawings, own_skew_drawings],
    }.items()
    for module in modules
    for table in module.TABLES
}


def draw(name, table, style=STYLE):
    return DRAWINGS[name].draw(name.partition("/")[2], table, style)


def drawn(name):
    return DRAWINGS[name].drawn(name.partition("/")[2])
