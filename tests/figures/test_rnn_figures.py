"""What Figs 1 to 5 of the study of RNNs show: the numbers of their tables and nothing else."""

import math
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.legend import Legend
from rnn_drawings import draw, drawn

from neural_spectra.figures.rnn.paths_over_time import ACTIVATIONS, label
from neural_spectra.figures.rnn.spectral_response import DECADES, LANE
from neural_spectra.figures.style import COMPUTED, EXACT, EXCEPTION, number

VIOLET, YELLOW = "#440154", "#fde725"


def legend_of(place):
    """Return the labels in the legend of a figure or an axis, in order."""
    legends = [child for child in place.get_children() if isinstance(child, Legend)]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


def assert_draws(drawn_line, x, y):
    np.testing.assert_array_equal(drawn_line.get_xdata(), x)
    np.testing.assert_array_equal(drawn_line.get_ydata(), y)


def coloured_line(axis):
    (found,) = (line for line in axis.collections if isinstance(line, LineCollection))
    return found


def marks(axis, marker):
    return [line for line in axis.lines if line.get_marker() == marker]


def paths(table, *keys):
    return [path for _, path in table.groupby(list(keys), sort=False)]


def assert_paths_are_drawn_over_time(figure, trajectories, duration):
    panels = figure.axes[: len(trajectories)]
    for axis, path in zip(panels, trajectories, strict=True):
        strokes = coloured_line(axis)
        ends = np.array(strokes.get_segments())
        points = path[["x", "y"]].to_numpy()
        np.testing.assert_array_equal(ends[:, 0], points[:-1])
        np.testing.assert_array_equal(ends[:, 1], points[1:])
        np.testing.assert_allclose(strokes.get_array(), path["t"].iloc[1:] / duration(path))
        assert (strokes.norm.vmin, strokes.norm.vmax) == (0, 1)
        assert strokes.get_rasterized()
        (start,) = marks(axis, "o")
        assert_draws(start, points[:1, 0], points[:1, 1])
        assert start.get_color() == EXACT


class TestParts:
    @pytest.mark.parametrize(
        ("name", "shown"),
        [("relu", "ReLU"), ("hardtanh", "hard-tanh"), ("of_my_own", "of my own")],
    )
    def test_activations_have_names_for_readers(self, name, shown):
        assert label(ACTIVATIONS, name) == shown


class TestLevelSets:
    def test_each_level_is_a_curve_of_its_own_look(self):
        table, figure = drawn("level_sets")
        curves = figure.axes[0].lines[::2]
        for curve, rows in zip(curves, paths(table, "level"), strict=True):
            assert_draws(curve, rows["x"], rows["y"])
        assert len({curve.get_color() for curve in curves}) == 3
        assert [curve.get_linestyle() for curve in curves] == ["-", "--", "-."]

    def test_the_intercepts_are_marked_and_written(self):
        table, figure = drawn("level_sets")
        crossings = table["intercept"].unique()
        for mark, crossing in zip(figure.axes[0].lines[1::2], crossings, strict=True):
            assert_draws(mark, [crossing], [0])
        written = [text.get_text() for text in figure.axes[0].texts]
        assert written == ["0.654", "2.18", "3.69"]

    def test_it_shows_the_square_of_its_table(self):
        _, figure = drawn("level_sets")
        axis = figure.axes[0]
        assert axis.get_xlim() == axis.get_ylim() == (-5, 5)
        assert axis.get_aspect() == 1
        assert (axis.get_xlabel(), axis.get_ylabel()) == ("$x$", "$y$")

    def test_the_legend_names_the_levels(self):
        _, figure = drawn("level_sets")
        levels = [rf"$\ell = {level}$" for level in ("0.2", "1.5", "3")]
        assert legend_of(figure.axes[0]) == levels


class TestOrbits:
    def test_every_path_is_drawn_from_violet_to_yellow(self):
        table, figure = drawn("orbits")
        trajectories = paths(table, "row", "activation")
        assert_paths_are_drawn_over_time(
            figure, trajectories, lambda path: path["duration"].iloc[0]
        )
        strokes = coloured_line(figure.axes[0])
        assert [to_hex(strokes.cmap(value)) for value in (0.0, 1.0)] == [VIOLET, YELLOW]

    def test_a_blue_star_marks_the_end(self):
        table, figure = drawn("orbits")
        for axis, path in zip(figure.axes[:9], paths(table, "row", "activation"), strict=True):
            (end,) = marks(axis, "*")
            assert_draws(end, path["x"].tail(1), path["y"].tail(1))
            assert end.get_color() == COMPUTED
        assert legend_of(figure) == ["start", "end"]

    def test_where_laps_coincide_earlier_ones_are_wider_so_that_all_are_seen(self):
        table, _ = drawn("orbits")
        drifts = {0.01: True, 0.5: False}
        for drift, coincide in drifts.items():
            figure = draw("orbits", table.assign(drift=drift))
            widths = coloured_line(figure.axes[0]).get_linewidths()
            assert (widths[0] > 3 * widths[-1]) == coincide

    def test_sizes_compare_along_a_row(self):
        _, figure = drawn("orbits")
        for row in np.reshape(figure.axes[:9], (3, 3)):
            assert len({axis.get_xlim() + axis.get_ylim() for axis in row}) == 1
        assert all(axis.get_aspect() == 1 for axis in figure.axes[:9])

    def test_rows_and_columns_are_named(self):
        _, figure = drawn("orbits")
        columns = [axis.get_title().split("\n")[0] for axis in figure.axes[:3]]
        assert columns == ["linear", "tanh", "hard-tanh"]
        rows = [axis.get_ylabel() for axis in figure.axes[:9:3]]
        assert rows == [
            r"$\omega = 1$, $h = 0.01$, $t \leq 18$" + "\n$y$",
            r"$\omega = 1$, $h = 0.05$, $t \leq 60$" + "\n$y$",
            r"$\omega = 5$, $h = 0.01$, $t \leq 12$" + "\n$y$",
        ]

    def test_the_exact_period_and_the_drift_stand_above_each_panel(self):
        _, figure = drawn("orbits")
        assert figure.axes[3].get_title() == "$T = 6.283$, $E$ × $1.06$"
        assert figure.axes[5].get_title() == "$T = 8$, $E$ × $1.06$"

    def test_an_unknown_period_is_left_out(self):
        table, _ = drawn("orbits")
        figure = draw("orbits", table.assign(closed_period=math.nan))
        assert figure.axes[3].get_title() == "$E$ × $1.06$"

    def test_a_bar_at_the_right_explains_the_colours(self):
        _, figure = drawn("orbits")
        *panels, bar = figure.axes
        assert bar.get_ylabel() == "time / duration of the row"
        assert bar.get_ylim() == (0, 1)
        assert all(bar.get_position().x0 > axis.get_position().x1 for axis in panels)


class TestNonOddActivations:
    def test_every_path_is_drawn_over_the_longest_time(self):
        table, figure = drawn("non_odd_activations")
        trajectories = paths(table, "omega", "activation")
        assert_paths_are_drawn_over_time(figure, trajectories, lambda path: 20.0)
        bar = figure.axes[-1]
        assert (bar.get_ylabel(), bar.get_ylim()) == ("time", (0, 20))

    def test_a_cross_marks_where_a_path_stopped_and_a_star_where_it_did_not(self):
        table, figure = drawn("non_odd_activations")
        trajectories = paths(table, "omega", "activation")
        for axis, path in zip(figure.axes[:9], trajectories, strict=True):
            stopped = path["stopped"].iloc[0]
            (end,) = marks(axis, "x" if stopped else "*")
            assert_draws(end, path["x"].tail(1), path["y"].tail(1))
            assert end.get_color() == (EXCEPTION if stopped else COMPUTED)
            assert marks(axis, "*" if stopped else "x") == []

    def test_the_time_of_the_stop_is_written(self):
        _, figure = drawn("non_odd_activations")
        written = [[text.get_text() for text in axis.texts] for axis in figure.axes[:9]]
        relu = [[f"stopped\nat $t = {time}$"] for time in (10.87, 4.26, 2.06)]
        assert written[2::3] == relu
        assert not any(written[0::3] + written[1::3])

    def test_the_threshold_is_dashed_and_stretches_no_panel(self):
        _, figure = drawn("non_odd_activations")
        axis = figure.axes[2]
        (circle,) = (line for line in axis.lines if line.get_linestyle() == "--")
        np.testing.assert_allclose(np.hypot(*circle.get_data()), 20.0)
        assert axis.get_ylim()[1] < 2

    def test_rows_columns_and_marks_are_named(self):
        _, figure = drawn("non_odd_activations")
        assert [axis.get_title() for axis in figure.axes[:3]] == ["tanh", "sigmoid", "ReLU"]
        rows = [axis.get_ylabel() for axis in figure.axes[:9:3]]
        assert rows == [rf"$\omega = {omega}$" + "\n$y$" for omega in (2, 5, 10)]
        assert legend_of(figure) == ["start", "end", "stopped", r"$\|(x, y)\| = 20$"]

    def test_without_a_stop_there_is_no_cross_to_explain(self):
        table, _ = drawn("non_odd_activations")
        figure = draw("non_odd_activations", table[~table["stopped"]])
        assert legend_of(figure) == ["start", "end"]


class TestSpectralResponse:
    def test_each_spectrum_is_a_line_and_each_exact_fundamental_a_mark(self):
        table, figure = drawn("spectral_response")
        panels = [
            rows for _, rows in table.groupby(["activation", "clip"], sort=False, dropna=False)
        ]
        for axis, spectra in zip(figure.axes, panels, strict=True):
            omegas = paths(spectra, "omega")
            lanes = zip(axis.lines[::2], axis.lines[1::2], omegas, strict=True)
            for k, (spectrum, mark, rows) in enumerate(lanes):
                decades = np.log10(rows["amplitude"].clip(lower=1e-6))
                assert_draws(spectrum, rows["frequency"], k + LANE * (1 + decades / DECADES))
                assert list(mark.get_xdata()) == [rows["exact_frequency"].iloc[0]]

    def test_every_frequency_has_a_colour_and_a_lane_of_its_own(self):
        _, figure = drawn("spectral_response")
        for axis in figure.axes:
            spectra = axis.lines[::2]
            assert len({line.get_color() for line in spectra}) == 6
            for below, above in pairwise(spectra):
                assert below.get_ydata().max() < above.get_ydata().min()

    def test_a_mark_stands_above_its_spectrum_and_below_the_next_lane(self):
        _, figure = drawn("spectral_response")
        marks = figure.axes[1].lines[1::2]
        for k, (spectrum, mark) in enumerate(zip(figure.axes[1].lines[::2], marks, strict=True)):
            assert spectrum.get_ydata().max() < mark.get_ydata()[0] < k + 1

    def test_lanes_are_explained_and_frequencies_are_in_hertz(self):
        _, figure = drawn("spectral_response")
        assert {axis.get_xlim() for axis in figure.axes} == {(0, 6)}
        assert figure.get_supxlabel() == "frequency (Hz)"
        assert figure.get_supylabel() == (
            r"$\omega$; above each the amplitude of $x$, from $10^{-6}$ to 1"
        )

    def test_panels_and_frequencies_are_named(self):
        _, figure = drawn("spectral_response")
        clipped = [f"hard-tanh, clip level $w_m = {level}$" for level in (10, 25)]
        assert [axis.get_title() for axis in figure.axes] == ["linear", "tanh", *clipped]
        ticks = [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
        assert ticks == ["1", "5", "10", "15", "20", "25"]
        assert legend_of(figure) == ["exact fundamental frequency"]

    def test_an_odd_number_of_panels_leaves_no_empty_one(self):
        table, _ = drawn("spectral_response")
        figure = draw("spectral_response", table[table["clip"] != 25])
        assert [bool(axis.lines) for axis in figure.axes] == [True, True, True]


class TestEulerInstability:
    def test_above_each_output_stands_its_power(self):
        table, figure = drawn("euler_instability")
        for axis, rows in zip(figure.axes[:3], paths(table, "n"), strict=True):
            signal = rows.loc[rows["kind"] == "signal", "value"]
            assert axis.get_title().endswith(f": power {number((signal**2).mean())}")

    @pytest.mark.parametrize(("growth", "says"), [(1, "falls"), (100, "rises")])
    def test_it_says_above_whether_the_power_does_what_the_paper_says(self, growth, says):
        table, _ = drawn("euler_instability")
        factor = np.where(table["n"] == 40, growth, 1)
        figure = draw("euler_instability", table.assign(value=table["value"] * factor))
        assert f"its power, {says} with $n$;\nthe paper's caption" in figure.get_suptitle()

    def test_the_output_stands_above_its_spectrogram(self):
        table, figure = drawn("euler_instability")
        for axis, rows in zip(figure.axes[:3], paths(table, "n"), strict=True):
            signal = rows[rows["kind"] == "signal"]
            assert_draws(axis.lines[0], signal["t"], signal["value"])
        for axis, rows in zip(figure.axes[3:6], paths(table, "n"), strict=True):
            image = rows[rows["kind"] == "spectrogram"].sort_values(["frequency", "t"])
            (mesh,) = axis.collections
            np.testing.assert_array_equal(np.ravel(mesh.get_array()), image["value"])
            assert mesh.get_rasterized()

    def test_a_cell_stands_at_its_time_and_frequency(self):
        table, figure = drawn("euler_instability")
        corners = figure.axes[3].collections[0].get_coordinates()
        middles = (corners[:-1, :-1] + corners[1:, 1:]) / 2
        rows = table.query("kind == 'spectrogram' and n == 2").sort_values(["frequency", "t"])
        np.testing.assert_allclose(middles.reshape(-1, 2), rows[["t", "frequency"]])

    def test_all_spectrograms_share_six_decades_of_colour(self):
        table, figure = drawn("euler_instability")
        highest = table.query("kind == 'spectrogram'")["value"].max()
        for axis in figure.axes[3:6]:
            norm = axis.collections[0].norm
            assert (norm.vmin, norm.vmax) == pytest.approx((highest * 1e-6, highest))
        assert figure.axes[6].get_ylabel() == "power"

    def test_frequencies_end_where_the_colours_do(self):
        table, figure = drawn("euler_instability")
        power = table.query("kind == 'spectrogram'")
        highest = power["frequency"][power["value"] > power["value"].max() * 1e-6].max()
        assert figure.axes[3].get_ylim() == (0, highest)
        assert highest < power["frequency"].max()

    def test_no_power_has_the_darkest_colour(self):
        table, _ = drawn("euler_instability")
        silent = table.assign(value=table["value"].where(table["t"] > 10, 0))
        mesh = draw("euler_instability", silent).axes[3].collections[0]
        assert to_hex(mesh.to_rgba(0.0)) == VIOLET

    def test_sizes_share_their_axes_and_all_is_named(self):
        _, figure = drawn("euler_instability")
        titles = [axis.get_title().split(":")[0] for axis in figure.axes[:3]]
        assert titles == ["$n = 2$", "$n = 20$", "$n = 40$"]
        for row in (figure.axes[:3], figure.axes[3:6]):
            assert len({axis.get_ylim() for axis in row}) == 1
        assert len({axis.get_xlim() for axis in figure.axes[:6]}) == 1
        assert figure.axes[0].get_ylabel() == "output $x_1$"
        assert figure.axes[3].get_ylabel() == "frequency (Hz)"
        assert {axis.get_xlabel() for axis in figure.axes[3:6]} == {"time (s)"}


class TestScalingStudy:
    SCALINGS = ("frobenius norm", "spectral radius", "entries")

    def groups(self, table, form, scaling, quantity):
        return table[(table["form"] == form) & (table["scaling"] == scaling)].groupby("n")[quantity]

    @pytest.mark.parametrize(("first", "quantity"), [(0, "growth"), (2, "power"), (4, "entropy")])
    def test_a_line_joins_the_medians_over_the_seeds(self, first, quantity):
        table, figure = drawn("scaling_study")
        for axis, form in zip(figure.axes[first:], ["A sigma(x)", "sigma(A x)"], strict=False):
            joined = [line for line in axis.lines if line.get_marker() in ("o", "s", "^")]
            for line, scaling in zip(joined, self.SCALINGS, strict=True):
                medians = self.groups(table, form, scaling, quantity).median()
                np.testing.assert_array_equal(line.get_ydata(), medians)
                np.testing.assert_allclose(line.get_xdata(), range(4), atol=0.4)

    def test_boxes_hold_the_middle_half_and_whiskers_all_seeds(self):
        table, figure = drawn("scaling_study")
        values = self.groups(table, "A sigma(x)", "frobenius norm", "growth")
        boxes = [patch.get_path().get_extents() for patch in figure.axes[0].patches[:4]]
        quartiles = values.quantile([0.25, 0.75]).to_numpy().reshape(4, 2)
        np.testing.assert_allclose([(box.y0, box.y1) for box in boxes], quartiles)
        lines = [line.get_xydata() for line in figure.axes[0].lines]
        whiskers = [points[1, 1] for points in lines if len(set(points[:, 0])) == 1]
        ends = np.stack([values.min(), values.max()], axis=1)
        np.testing.assert_allclose(whiskers[:8], ends.ravel())

    def test_scalings_stand_side_by_side(self):
        _, figure = drawn("scaling_study")
        boxes = [patch.get_path().get_extents() for patch in figure.axes[0].patches]
        spans = sorted((box.x0, box.x1) for box in boxes)
        assert all(left[1] < right[0] for left, right in pairwise(spans))

    def test_growth_and_power_are_logarithmic_with_plain_numbers(self):
        _, figure = drawn("scaling_study")
        scales = [axis.get_yscale() for axis in figure.axes]
        assert scales == ["log"] * 4 + ["linear"] * 2
        for axis in figure.axes[:4:2]:
            shown = [text.get_text() for text in axis.get_yticklabels()]
            assert {"1", "3", "10"} <= set(shown)

    def test_a_line_at_one_tells_growth_from_decay(self):
        _, figure = drawn("scaling_study")
        lines = [
            [list(line.get_ydata()) for line in axis.lines if line.get_linestyle() == ":"]
            for axis in figure.axes
        ]
        assert lines == [[[1, 1]]] * 2 + [[]] * 4

    def test_forms_sizes_and_scalings_are_named(self):
        _, figure = drawn("scaling_study")
        forms = [r"$\dot{x} = A\,\sigma(x)$", r"$\dot{x} = \sigma(A x)$"]
        assert [axis.get_title() for axis in figure.axes[:2]] == forms
        ticks = [text.get_text() for text in figure.axes[4].get_xticklabels()]
        assert ticks == ["2", "5", "20", "40"]
        assert [axis.get_ylabel() for axis in figure.axes[2::2]] == [
            "power of $x_1$",
            "spectral entropy (nats)",
        ]
        scalings = [r"$\|A\|_F$ fixed", r"$\rho(A)$ fixed", r"$\mathrm{Var}\,A_{ij} \propto 1/n$"]
        assert legend_of(figure) == [*scalings, "no growth"]
