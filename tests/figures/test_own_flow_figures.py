"""The figures of a user's own flow, also where there is little to draw."""

import math

import numpy as np
import pytest
from drawings import drawn_texts
from own_flow_drawings import (
    draw,
    drawn,
    flow_multipliers,
    flow_portrait,
    flow_slopes,
    flow_sweep,
    flow_windows,
)


def words(figure):
    return " ".join(text for text, _ in drawn_texts(figure))


@pytest.mark.parametrize(
    "table",
    [flow_portrait, flow_slopes, flow_windows, flow_multipliers, flow_sweep],
    ids=lambda table: table.__name__,
)
def test_a_table_without_rows_makes_a_figure_that_says_why(table):
    figure = draw(table.__name__, table().iloc[:0])
    assert figure.axes == []
    assert len(words(figure)) > 10


def test_a_portrait_shows_proved_annuli_and_what_attracts():
    shown = words(drawn("flow_portrait")[1])
    for word in ("proved", "attracting", "repelling", "stable equilibrium", "saddle"):
        assert word in shown


def test_a_portrait_leaves_out_from_how_far_trajectories_come():
    table = flow_portrait()
    table.loc[0, "x"] = 1e4
    axis = draw("flow_portrait", table).axes[0]
    assert axis.get_xlim()[1] < 10


def test_principal_components_are_named_on_the_axes():
    table = flow_portrait().assign(
        x_label="principal component 1 (80 %)", y_label="principal component 2 (15 %)"
    )
    shown = words(draw("flow_portrait", table))
    assert "component 1 (80 %)" in shown


def test_slopes_are_drawn_on_a_scale_that_ends_at_a_thousandth():
    table = flow_slopes().assign(slope=0.0)
    image = draw("flow_slopes", table).axes[0].images[0]
    assert np.all(image.get_array() == 1e-3)


def test_windows_are_bars_between_their_ends():
    axis = drawn("flow_windows")[1].axes[0]
    widest = axis.patches[0]
    assert widest.get_x() == -26000
    assert widest.get_width() == 52000


def test_a_multiplier_of_1_lies_on_the_line_of_0_and_complex_ones_beside_it():
    table, figure = drawn("flow_multipliers")
    marks = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "s")]
    angles = np.concatenate([np.asarray(line.get_xdata(), dtype=float) for line in marks])
    known = table.dropna()["angle"] / math.pi
    assert sorted(angles) == pytest.approx(sorted(known))
    assert figure.axes[0].get_yscale() == "symlog"


def test_a_sweep_marks_where_no_orbit_was_found():
    table, figure = drawn("flow_sweep")
    crosses = [line for line in figure.axes[0].lines if line.get_marker() == "x"]
    assert list(crosses[0].get_xdata()) == list(table.loc[table["period"].isna(), "s"])


def test_a_sweep_without_any_orbit_is_drawn():
    table = flow_sweep().assign(does="leaves", period=math.nan, ln_det=math.nan)
    assert "none found" in words(draw("flow_sweep", table))
