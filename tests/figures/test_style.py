"""The helpers that all figures share."""

import ast
import math
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from drawings import STYLE
from matplotlib.colors import is_color_like, rgb_to_hsv, to_hex, to_rgb
from matplotlib.figure import Figure

import neural_spectra.figures
from neural_spectra.figures.saturation.agreement import draw_agreement
from neural_spectra.figures.style import (
    COLOURS,
    LINES,
    MARKERS,
    PALETTE,
    PAPER,
    applied,
    drawing,
    entries,
    in_order,
    logarithmic_scale,
    network_label,
    network_places,
    number,
    pale,
    panel_letters,
    quantity_label,
    ticks_at,
)

ROOT = Path(__file__).parents[2]
FIGURES = Path(neural_spectra.figures.__path__[0])


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


def colours_written_in(file):
    """Return the texts in a module that Matplotlib reads as a colour, but for "none"."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
            # A letter alone, and a number, may be something else.
            if len(text) > 1 and text != "none" and is_color_like(text) and not is_number(text):
                yield text


def is_number(text):
    return text.replace(".", "", 1).isdigit()


def test_no_figure_writes_a_colour_of_its_own():
    modules = [file for file in FIGURES.rglob("*.py") if file.name != "style.py"]
    assert len(modules) > 35
    found = {file.name: list(colours_written_in(file)) for file in modules}
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_a_colour_written_in_a_figure_would_be_seen(tmp_path):
    file = tmp_path / "figure.py"
    file.write_text('axis.plot(x, "o", color="red", mfc="#EE6677", label="paper", ls="none")')
    assert list(colours_written_in(file)) == ["red", "#EE6677"]


def test_the_docs_say_what_each_colour_is_for():
    gallery = (ROOT / "docs/gallery.md").read_text(encoding="utf-8")
    for name, (colour, purpose) in PALETTE.items():
        assert f"| {name} `{colour}` | {purpose} |" in gallery


def test_a_colour_means_one_thing():
    colours = [to_hex(colour) for colour, _ in PALETTE.values()] + list(map(str.lower, COLOURS))
    assert len(set(colours)) == len(colours)
    purposes = [purpose for _, purpose in PALETTE.values()]
    assert len(set(purposes)) == len(purposes)


def test_a_pale_colour_is_lighter_and_of_the_same_hue():
    hue, saturation, value = rgb_to_hsv(to_rgb(PAPER))
    pale_hue, pale_saturation, pale_value = rgb_to_hsv(to_rgb(pale(PAPER)))
    assert pale_hue == pytest.approx(hue, abs=0.02)
    assert (pale_saturation, -pale_value) < (saturation, -value)


def test_a_network_has_one_colour_in_every_figure():
    alone = network_places(["silu_256"])
    among = network_places(["shifted_32", "of_my_own", "silu_256"])
    assert among["silu_256"] == alone["silu_256"]
    assert len(set(among.values())) == 3


def test_what_has_an_order_gets_darker_to_lighter_colours():
    lightness = [sum(to_rgb(in_order(k, 5)["color"])) for k in range(5)]
    assert lightness == sorted(set(lightness))


@pytest.mark.parametrize("across", ["x", "y"])
def test_the_papers_value_stands_in_the_range_that_agrees_on_the_criterions_axis(across):
    axis = Figure().subplots()
    stated = {"paper": 1e-5, "lowest": 3e-6, "highest": 3e-5, "axis": "logarithmic"}
    draw_agreement(axis, pd.DataFrame([stated]), across=across)
    (band,), (line,) = axis.patches, axis.lines
    low, length = (
        (band.get_x(), band.get_width())
        if across == "x"
        else (
            band.get_y(),
            band.get_height(),
        )
    )
    assert (low, low + length) == pytest.approx((3e-6, 3e-5))
    assert getattr(axis, f"get_{across}scale")() == "log"
    assert set(line.get_data()[across == "y"]) == {1e-5}


def test_every_colour_has_a_line_and_a_marker_of_its_own():
    assert len(set(COLOURS)) == len(set(LINES)) == len(set(MARKERS)) == len(COLOURS)
