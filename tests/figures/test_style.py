"""The helpers that all figures share."""

import math

import matplotlib as mpl
import pytest
from drawings import STYLE
from matplotlib.figure import Figure

from neural_spectra.figures.style import (
    COLOURS,
    LINES,
    MARKERS,
    applied,
    drawing,
    entries,
    logarithmic_scale,
    network_label,
    number,
    panel_letters,
    quantity_label,
    ticks_at,
)


def test_the_style_holds_inside_its_context_only():
    before = dict(mpl.rcParams)
    with applied(STYLE | {"font_size": 11.0}):
        assert mpl.rcParams["font.size"] == 11.0
        assert mpl.rcParams["legend.fontsize"] == 10.0
    assert dict(mpl.rcParams) == before


def test_the_style_leaves_when_drawing_fails():
    before = dict(mpl.rcParams)
    with pytest.raises(ZeroDivisionError), drawing(STYLE, "single_column", 2.0):
        raise ZeroDivisionError
    assert dict(mpl.rcParams) == before


def test_a_layout_stays_once_it_has_settled():
    with drawing(STYLE, "single_column", 2.0) as figure:
        axis = figure.subplots()
        axis.set_ylabel("a\nlong\nlabel")
    position = axis.get_position().bounds
    figure.draw_without_rendering()
    assert axis.get_position().bounds == position


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "$0$"),
        (0.53, "$0.53$"),
        (0.004832, "$0.0048$"),
        (-12.566, "$-13$"),
        (9.0, "$9$"),
        (4.686e-6, r"$4.7\times 10^{-6}$"),
        (-3.48e-9, r"$-3.5\times 10^{-9}$"),
        (2.5e7, r"$2.5\times 10^{7}$"),
    ],
)
def test_numbers_are_written_for_readers(value, text):
    assert number(value) == text


def test_what_is_no_finite_number_is_written_as_such():
    assert number(math.inf) == r"$\infty$"
    assert number(-math.inf) == r"$-\infty$"
    assert number(math.nan) == "unknown"


def test_a_number_has_the_digits_asked_for():
    assert number(-12.566, 3) == "$-12.6$"
    assert number(4.686e-6, 3) == r"$4.69\times 10^{-6}$"
    assert number(6758.0, 3) == r"$6.76\times 10^{3}$"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("shifted_256", "shifted tanh, 256 units"),
        ("silu_shifted_256", "shifted SiLU, 256 units"),
        ("of_my_own", "of my own"),
    ],
)
def test_networks_have_names_for_readers(name, label):
    assert network_label(name) == label


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("det at s = 1", r"$\det M$ at $s = 1$"),
        ("improvement at s = 2.5", r"$C/\widetilde{C}$ at $s = 2.5$"),
        ("period", "period"),
    ],
)
def test_quantities_are_written_in_symbols(name, label):
    assert quantity_label(name) == label


def test_a_label_stands_in_a_legend_once_with_its_first_line():
    axis = Figure().subplots()
    first, *_ = (axis.plot([0, 1], label=label)[0] for label in ("a", "b", "a"))
    found = entries(axis)
    assert found["labels"] == ["a", "b"]
    assert found["handles"][0] is first


def test_letters_go_from_left_to_right():
    axes = Figure().subplots(1, 3)
    panel_letters(axes)
    assert [axis.get_title(loc="left") for axis in axes] == ["a", "b", "c"]


def test_panels_but_no_colour_bars_are_lettered_when_all_is_drawn():
    with drawing(STYLE, "double_column", 2.0) as figure:
        axes = figure.subplots(1, 3)
        figure.colorbar(axes[0].pcolormesh([[1.0]]), ax=axes)
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["a", "b", "c", ""]


def test_a_single_panel_has_no_letter():
    with drawing(STYLE, "single_column", 2.0) as figure:
        axis = figure.subplots()
    assert axis.get_title(loc="left") == ""


def test_ticks_stand_where_they_are_put_with_plain_numbers():
    axis = Figure().subplots()
    axis.set(xscale="log", xlim=(0.001, 100))
    ticks_at(axis.xaxis, [0.003, 1, 30])
    axis.figure.draw_without_rendering()
    assert [text.get_text() for text in axis.get_xticklabels(which="both")] == ["0.003", "1", "30"]


def test_scales_are_plain_numbers_on_a_logarithmic_axis():
    figure = Figure()
    axis = figure.subplots()
    axis.plot([0.1, 30.0], [1.0, 2.0])
    logarithmic_scale(axis)
    figure.draw_without_rendering()
    low, high = axis.get_xlim()
    shown = [
        label.get_text()
        for label, tick in zip(axis.get_xticklabels(), axis.get_xticks(), strict=True)
        if low <= tick <= high
    ]
    assert shown == ["0.1", "0.3", "1", "3", "10", "30"]


def test_every_colour_has_a_line_and_a_marker_of_its_own():
    assert len(set(COLOURS)) == len(set(LINES)) == len(set(MARKERS)) == len(COLOURS)
