"""Medians over replicates with their range."""

import numpy as np
import pandas as pd
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.figure import Figure

from neural_spectra.figures.medians import draw_medians


def test_the_line_runs_through_medians_and_the_band_over_all():
    rows = pd.DataFrame({"step": [0, 0, 0, 9, 9, 9], "loss": [4.0, 1.0, 2.0, 0.5, 0.1, 0.2]})
    axis = Figure().subplots()
    draw_medians(axis, rows, "step", "loss", {"color": "#332288", "label": "a"})
    (line,) = axis.lines
    np.testing.assert_array_equal(line.get_xydata(), [[0, 2.0], [9, 0.2]])
    assert line.get_label() == "a"
    (band,) = (child for child in axis.collections if isinstance(child, FillBetweenPolyCollection))
    corners = {tuple(corner) for path in band.get_paths() for corner in path.vertices}
    assert {(0, 1.0), (0, 4.0), (9, 0.1), (9, 0.5)} <= corners
