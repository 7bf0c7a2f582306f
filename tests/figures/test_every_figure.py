"""What holds for every figure: sizes, text that can be read, embedded fonts, identical bytes."""

import ast
import pkgutil
from contextlib import contextmanager
from functools import cache
from itertools import combinations
from pathlib import Path
from string import ascii_lowercase

import matplotlib as mpl
import numpy as np
import pytest
from drawings import STYLE, drawn_texts
from every import DRAWINGS, draw, drawn
from matplotlib import pyplot as plt
from matplotlib.collections import Collection, QuadMesh
from matplotlib.colors import rgb_to_hsv, to_hex, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

import neural_spectra.figures
from neural_spectra.figures.style import PAPER, pale, save

NAMES = list(DRAWINGS)
LARGER = STYLE | {"font_size": 9.0, "single_column": 4.0, "double_column": 8.0}
SINGLE = {
    "saturation/obstruction",
    "rnn/level_sets",
    "own/flow_portrait",
    "own/flow_windows",
    "own/flow_multipliers",
    "own/map_portrait",
    "own/skew_spectrum",
}
COLUMN = {name: "single_column" if name in SINGLE else "double_column" for name in NAMES}
PANELS = {
    "saturation/attenuation": 2,
    "saturation/phase_portraits": 4,
    "saturation/obstruction": 1,
    "saturation/multipliers_window": 2,
    "saturation/refined_bound": 2,
    "saturation/silu_converse": 2,
    "saturation/seed_spread": 3,
    "saturation/yorke_limit": 2,
    "saturation/slow_clock": 3,
    "saturation/certified_cycles": 2,
    "saturation/sensitivity": 6,
    "rnn/level_sets": 1,
    "rnn/orbits": 9,
    "rnn/non_odd_activations": 9,
    "rnn/spectral_response": 4,
    "rnn/euler_instability": 6,
    "rnn/scaling_study": 6,
    "rnn/period_backbone": 2,
    "rnn/drift_map": 3,
    "rnn/lyapunov": 2,
    "rnn/euler_limit_cycle": 3,
    "rnn/integrators": 3,
    "rnn/closing_condition": 9,
    "affine_maps/activations": 3,
    "affine_maps/attractors_by_weights": 6,
    "affine_maps/regions_by_activation": 4,
    "affine_maps/bias": 2,
    "affine_maps/depth": 9,
    "affine_maps/attractor_types": 7,
    "affine_maps/attractor_regions": 7,
    "affine_maps/attractor_spectra": 7,
    "affine_maps/regions_same_weights": 8,
    "affine_maps/region_metrics": 8,
    "affine_maps/depth_shared": 3,
    "affine_maps/trainable_spectra": 4,
    "affine_maps/models_overview": 3,
    "affine_maps/counterexamples": 1,
    "open_questions/current_diagram": 12,
    "open_questions/morris_lecar": 8,
    "open_questions/homoclinic_limit": 3,
    "open_questions/hodgkin_huxley": 3,
    "open_questions/weight_growth": 18,
    "open_questions/batch_normalisation": 4,
    "open_questions/learning_and_radius": 6,
    "open_questions/depth_attenuation": 3,
    "open_questions/activations_at_equal_budget": 3,
    "open_questions/slopes_or_budget": 2,
    "open_questions/trainable_steepness": 4,
    "own/flow_portrait": 1,
    "own/flow_slopes": 2,
    "own/flow_windows": 2,
    "own/flow_multipliers": 1,
    "own/flow_sweep": 4,
    "own/map_portrait": 1,
    "own/map_affine": 9,
    "own/map_spectrum": 2,
    "own/map_saturation": 2,
    "own/map_sweep": 2,
    "own/skew_spectrum": 1,
    "own/skew_orbits": 3,
    "own/skew_drift": 1,
    "own/skew_euler": 2,
}

SHARED = (
    "style",
    "contact_sheet",
    "medians",
    "saturation.agreement",
    "affine_maps.panels",
    "affine_maps.portraits",
    "own.map_panels",
    "paths_over_time",
)  # modules that figures share

# All tests of a figure come one after the other, in one process.
every_figure = pytest.mark.parametrize("name", NAMES, scope="module")


@contextmanager
def clock_at(seconds):
    """Set the clock that Matplotlib and fontTools go by when they write a date into a file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(seconds))
        yield


def pdf(figure, folder, seconds=0):
    with clock_at(seconds):
        save(figure, folder / "figure.pdf")
    return (folder / "figure.pdf").read_bytes()


@cache
def restyled(name):
    return draw(name, drawn(name)[0], LARGER)


@cache
def texts(name):
    return drawn_texts(drawn(name)[1])


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return the bytes of a figure's PDF, saved once."""
    return cache(lambda name: pdf(drawn(name)[1], tmp_path_factory.mktemp(Path(name).name)))


def panels(figure):
    return [axis for axis in figure.axes if axis.get_label() != "<colorbar>"]


def test_every_figure_of_every_study_is_tested_here():
    prefix = "neural_spectra.figures."
    modules = pkgutil.walk_packages(neural_spectra.figures.__path__, prefix)
    names = [module.name.removeprefix(prefix) for module in modules if not module.ispkg]
    figures = [name.replace(".", "/") for name in names if not name.endswith(SHARED)]
    assert sorted(NAMES) == sorted(figures)


def test_no_figure_imports_torch_or_a_study():
    for file in Path(neural_spectra.figures.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported = [alias.name for alias in node.names]
            else:
                imported = [node.module] if isinstance(node, ast.ImportFrom) else []
            for module in imported:
                assert not module.startswith(("torch", "neural_spectra.studies")), file


@every_figure
def test_its_width_is_the_styles_column(name):
    _, figure = drawn(name)
    assert type(figure) is Figure
    assert figure.get_figwidth() == STYLE[COLUMN[name]]


@every_figure
def test_it_has_its_panels_and_none_is_empty(name):
    _, figure = drawn(name)
    assert len(panels(figure)) == PANELS[name]
    assert all(axis.has_data() for axis in panels(figure))


@every_figure
def test_its_panels_are_lettered_in_bold(name):
    _, figure = drawn(name)
    letters = [axis.get_title(loc="left") for axis in panels(figure)]
    assert letters == ([""] if PANELS[name] == 1 else list(ascii_lowercase)[: PANELS[name]])
    bold = [text for text in figure.findobj(mpl.text.Text) if text.get_weight() == "bold"]
    assert sorted(text.get_text() for text in bold) == [letter for letter in letters if letter]


@every_figure
def test_its_text_stays_on_the_canvas(name):
    width, height = drawn(name)[1].bbox.size
    for text, box in texts(name):
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= width, text
        assert box.y1 <= height, text


@every_figure
def test_no_text_lies_on_another(name):
    for (text, box), (other, other_box) in combinations(texts(name), 2):
        assert not box.overlaps(other_box), f"{text!r} lies on {other!r}"


def colours_of(artist):
    """Return every colour in which an artist is drawn, as hexadecimal numbers."""
    names = ["color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor"]
    found = [getattr(artist, f"get_{name}", lambda: "none")() for name in names]
    return {to_hex(colour) for group in found for colour in to_rgba_array(group)}


@every_figure
def test_red_is_what_the_paper_states_and_nothing_else(name):
    _, figure = drawn(name)
    for kind in (Line2D, Patch, Collection, Text):
        for artist in figure.findobj(kind):
            if {PAPER.lower(), pale(PAPER)} & colours_of(artist):
                assert "paper" in artist.get_label(), artist


@every_figure
def test_its_maps_have_no_red(name):
    _, figure = drawn(name)
    for cells in figure.findobj(QuadMesh):
        hue, saturation, _ = rgb_to_hsv(cells.cmap(np.linspace(0, 1, 101))[:, :3]).T
        reddish = (np.abs(hue - 0.5) > 0.45) & (saturation > 0.2)
        assert not reddish.any()


@every_figure
def test_its_legends_hide_no_data(name):
    _, figure = drawn(name)
    for legend in figure.findobj(Legend):
        box = legend.get_window_extent()
        for axis in figure.findobj(mpl.axes.Axes):
            if not box.overlaps(axis.bbox):
                continue
            for line in axis.lines:
                path = line.get_path().transformed(line.get_transform())
                if line.get_linestyle() == "None":
                    assert box.count_contains(path.vertices) == 0, line.get_label()
                else:
                    assert not path.intersects_bbox(box, filled=False), line.get_label()


@every_figure
def test_drawing_again_later_gives_the_same_bytes_and_changes_nothing_else(name, saved, tmp_path):
    table, _ = drawn(name)
    settings, before = dict(mpl.rcParams), table.copy()
    assert pdf(draw(name, table), tmp_path, seconds=10**9) == saved(name)
    assert dict(mpl.rcParams) == settings
    assert plt.get_fignums() == []
    assert table.equals(before)


def test_a_date_in_a_file_would_be_seen(tmp_path):
    _, figure = drawn("rnn/level_sets")
    files = {seconds: tmp_path / f"{seconds}.pdf" for seconds in (0, 1)}
    for seconds, file in files.items():
        with clock_at(seconds):
            figure.savefig(file)
    assert files[0].read_bytes() != files[1].read_bytes()


@every_figure
def test_its_fonts_are_embedded_as_outlines(name, saved):
    assert b"/FontFile2" in saved(name)
    assert b"/Type3" not in saved(name)


@every_figure
def test_a_larger_font_enlarges_all_its_text(name):
    larger = dict(drawn_texts(restyled(name)))
    for text, box in texts(name):
        if text in larger:
            assert larger[text].width > box.width, text


@every_figure
def test_a_wider_column_widens_it(name):
    assert restyled(name).get_figwidth() == LARGER[COLUMN[name]]


def test_a_readers_own_matplotlib_settings_change_no_figure(saved, tmp_path):
    table, _ = drawn("saturation/attenuation")
    own = {"lines.linewidth": 5, "savefig.bbox": "tight", "axes.facecolor": "black"}
    with mpl.rc_context(own):
        assert pdf(draw("saturation/attenuation", table), tmp_path) == saved(
            "saturation/attenuation"
        )


def test_a_png_has_the_dots_that_the_style_asks_for(tmp_path):
    table, _ = drawn("saturation/refined_bound")
    figure = draw("saturation/refined_bound", table, STYLE | {"dots_per_inch": 100})
    save(figure, tmp_path / "figure.png")
    assert imread(tmp_path / "figure.png").shape[:2] == (270, 675)
