"""What the figures of the theory behind the RNNs show: the numbers of their tables."""

import math

import every
import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.contour import ContourSet
from matplotlib.legend import Legend
from rnn_theory_drawings import draw, drawn

from neural_spectra.figures.style import COMPUTED, EXCEPTION, RANGE


def legend_of(place):
    """Return the labels in the legend of a figure or an axis, in order."""
    legends = [child for child in place.get_children() if isinstance(child, Legend)]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


def line(axis, label):
    return next(line for line in axis.lines if line.get_label() == label)


def assert_draws(drawn_line, x, y):
    np.testing.assert_array_equal(drawn_line.get_xdata(), x)
    np.testing.assert_array_equal(drawn_line.get_ydata(), y)


def labels_of(axis):
    return axis.get_xlabel(), axis.get_ylabel()


class TestPeriodBackbone:
    @pytest.mark.parametrize("kind", ["exact", "simulated"])
    @pytest.mark.parametrize("activation", ["tanh", "hardtanh"])
    def test_the_periods_are_those_of_the_table(self, activation, kind):
        table, figure = drawn("period_backbone")
        rows = table.query("activation == @activation and kind == @kind")
        label = f"{activation.replace('hard', 'hard-')}, {kind}"
        assert_draws(line(figure.axes[0], label), rows["amplitude"], rows["scaled_period"])

    def test_exact_periods_are_lines_and_simulated_ones_open_marks(self):
        _, figure = drawn("period_backbone")
        exact, simulated, *_ = figure.axes[0].lines
        assert (exact.get_linestyle(), exact.get_marker()) == ("-", "None")
        assert (simulated.get_linestyle(), simulated.get_marker()) == ("None", "o")
        assert simulated.get_markerfacecolor() == "none"

    def test_both_limits_are_drawn(self):
        table, figure = drawn("period_backbone")
        linear = line(figure.axes[0], r"$2\pi$: linear")
        steep = line(figure.axes[0], r"$4\,\omega x$: sign function")
        assert set(linear.get_ydata()) == {2 * math.pi}
        np.testing.assert_array_equal(steep.get_ydata(), 4 * steep.get_xdata())
        assert steep.get_xdata()[-1] == table["amplitude"].max()

    def test_errors_are_those_of_the_table_and_a_zero_stays_on_the_axis(self):
        table, figure = drawn("period_backbone")
        right = figure.axes[1]
        for marks, activation in zip(right.lines, ["tanh", "hardtanh"], strict=True):
            rows = table.query("activation == @activation and kind == 'simulated'")
            error = rows["relative_error"].replace(0, 1e-17)
            assert_draws(marks, rows["amplitude"], error)
            assert error.between(*right.get_ylim()).all()

    def test_the_axes_and_the_legend_say_what_is_drawn(self):
        _, figure = drawn("period_backbone")
        amplitude = r"scaled amplitude $\omega x$ at $y = 0$"
        assert [labels_of(axis) for axis in figure.axes] == [
            (amplitude, r"scaled period $\omega T$"),
            (amplitude, "relative error of the period"),
        ]
        assert legend_of(figure) == [
            "tanh, exact",
            "tanh, simulated",
            "hard-tanh, exact",
            "hard-tanh, simulated",
            r"$2\pi$: linear",
            r"$4\,\omega x$: sign function",
        ]


class TestDriftMap:
    def maps(self):
        table, figure = drawn("drift_map")
        groups = table.groupby("activation", sort=False)
        return [(axis, rows) for axis, (_, rows) in zip(figure.axes, groups, strict=False)]

    def test_the_cells_are_the_measured_drift(self):
        for axis, rows in self.maps():
            (cells,) = (c for c in axis.collections if isinstance(c, QuadMesh))
            measured = rows.sort_values(["h", "omega"])["drift"].to_numpy()
            np.testing.assert_array_equal(cells.get_array().filled(np.nan).ravel(), measured)

    def test_each_cell_holds_its_step_and_its_frequency(self):
        for axis, rows in self.maps():
            (cells,) = (c for c in axis.collections if isinstance(c, QuadMesh))
            omega, step = np.moveaxis(cells.get_coordinates(), -1, 0)
            for edges, column in ((omega[0], "omega"), (step[:, 0], "h")):
                values = np.sort(rows[column].unique())
                np.testing.assert_allclose(edges[:-1] * edges[1:], values**2)

    def test_the_lines_are_the_prediction_at_the_levels_where_the_colours_change(self):
        for axis, rows in self.maps()[:1]:
            (lines,) = (c for c in axis.collections if isinstance(c, ContourSet))
            (cells,) = (c for c in axis.collections if isinstance(c, QuadMesh))
            levels = 10**lines.levels
            for level in levels:
                assert np.isclose(level, cells.norm.boundaries).any()
            for level, path in zip(levels, lines.get_paths(), strict=True):
                omega, step = path.vertices.T
                # Straight between the grid's lines, so a little off in the product.
                np.testing.assert_allclose(2 * math.pi * omega * step, level, rtol=0.2)
            assert rows["predicted"].between(levels.min(), levels.max()).any()

    def test_every_line_is_labelled_with_its_level(self):
        for axis, _ in self.maps():
            for lines in (c for c in axis.collections if isinstance(c, ContourSet)):
                texts = {float(text.get_text().strip("$")) for text in axis.texts}
                assert texts == {float(f"{10**level:.1g}") for level in lines.levels}

    def test_no_line_is_a_speck_in_a_corner(self):
        for axis, _ in self.maps():
            for lines in (c for c in axis.collections if isinstance(c, ContourSet)):
                for path in lines.get_paths():
                    shown = axis.transData.transform(path.vertices)
                    assert np.ptp(shown, axis=0).max() > 0.05 * axis.bbox.width

    def test_every_map_has_the_same_colours(self):
        boundaries = [axis.collections[0].norm.boundaries for axis, _ in self.maps()]
        for others in boundaries[1:]:
            np.testing.assert_array_equal(others, boundaries[0])

    def test_without_a_law_there_are_no_lines(self):
        table, _ = drawn("drift_map")
        figure = draw("drift_map", table.assign(predicted=math.nan))
        assert not any(isinstance(c, ContourSet) for c in figure.axes[0].collections)

    def test_the_axes_the_bar_and_the_panels_are_named(self):
        _, figure = drawn("drift_map")
        *maps, bar = figure.axes
        assert [axis.get_title() for axis in maps] == ["linear", "tanh", "hard-tanh"]
        assert labels_of(maps[0]) == (r"frequency $\omega$ (rad/time)", "step size $h$ (time)")
        assert bar.get_ylabel().startswith("relative change of $E$ in a turn")
        powers = [label.get_text() for label in bar.get_yticklabels()]
        assert powers == [f"$10^{{{power}}}$" for power in range(-3, 3)]


def marks_of(axis):
    return [line for line in axis.lines if line.get_marker() not in ("None", None, "")]


@pytest.mark.parametrize("name", ["scaling_study", "lyapunov"])
def test_marks_of_one_size_lie_nearer_to_it_than_to_the_line_between_sizes(name):
    _, figure = every.drawn(f"rnn/{name}")
    for axis in figure.axes:
        places = np.concatenate([mark.get_xdata() for mark in marks_of(axis)]).astype(float)
        assert np.abs(places - np.round(places)).max() < 0.3
        parted = [line.get_xdata()[0] for line in axis.lines if line.get_color() == RANGE]
        assert parted == [0.5 + k for k in range(len(axis.get_xticks()) - 1)]


class TestLyapunov:
    SCALINGS = ("frobenius norm", "spectral radius", "entries")

    def groups(self):
        """Return the dots and the medians of each panel and scaling, with their rows."""
        table, figure = drawn("lyapunov")
        for axis, form in zip(figure.axes, ["sigma(A x)", "A sigma(x)"], strict=True):
            for k, scaling in enumerate(self.SCALINGS):
                rows = table.query("form == @form and scaling == @scaling")
                yield rows, axis.containers[k], *axis.lines[2 * k : 2 * k + 2]

    def test_every_seed_is_a_dot(self):
        for rows, _, dots, _ in self.groups():
            np.testing.assert_array_equal(dots.get_ydata(), rows["exponent"])

    def test_a_dot_stands_nearer_to_its_own_number_of_neurons_than_to_any_other(self):
        _, figure = drawn("lyapunov")
        names = [label.get_text() for label in figure.axes[0].get_xticklabels()]
        assert names == ["2", "3", "5", "10", "20", "40"]
        for rows, _, dots, _ in self.groups():
            assert [names[round(x)] for x in dots.get_xdata()] == [str(n) for n in rows["n"]]

    def test_the_lines_join_the_medians_and_bars_show_their_error(self):
        for rows, bars, _, medians in self.groups():
            expected = rows.groupby("n")["exponent"].median()
            np.testing.assert_array_equal(medians.get_ydata(), expected)
            (segments,) = (bar.get_segments() for bar in bars.lines[2])
            lengths = [np.ptp(segment[:, 1]) for segment in segments]
            np.testing.assert_allclose(lengths, 2 * rows.groupby("n")["error_estimate"].median())

    def test_what_planar_networks_reach_is_shaded(self):
        table, figure = drawn("lyapunov")
        planar = table.query("n == 2")["exponent"]
        for axis in figure.axes:
            (band,) = axis.patches
            assert band.get_y() == planar.min()
            assert band.get_y() + band.get_height() == pytest.approx(planar.max(), rel=1e-12)

    def test_without_planar_networks_nothing_is_shaded(self):
        table, _ = drawn("lyapunov")
        figure = draw("lyapunov", table.query("n > 2"))
        assert len(figure.axes[0].patches) == 0

    def test_scalings_differ_in_colour_line_and_marker(self):
        looks = [
            (medians.get_color(), medians.get_linestyle(), medians.get_marker())
            for _, _, _, medians in self.groups()
        ]
        assert looks[:3] == looks[3:]
        assert all(len(set(cue)) == 3 for cue in zip(*looks[:3], strict=True))

    def test_forms_and_scalings_are_named(self):
        _, figure = drawn("lyapunov")
        titles = [axis.get_title() for axis in figure.axes]
        assert titles == [r"$\dot{x} = \sigma(A x)$", r"$\dot{x} = A\,\sigma(x)$"]
        shaded, *scalings = legend_of(figure)
        assert shaded == "found at $n = 2$, where it is 0"
        assert len(scalings) == 3
        expected = ("number of neurons $n$", "largest Lyapunov exponent (1/time)")
        assert labels_of(figure.axes[0]) == expected


class TestEulerLimitCycle:
    def settings(self):
        table, figure = drawn("euler_limit_cycle")
        return zip(figure.axes, table.groupby(["omega", "h"], sort=False), strict=True)

    @pytest.mark.parametrize("start", ["inside", "outside"])
    @pytest.mark.parametrize("activation", ["tanh", "hardtanh"])
    def test_the_amplitudes_of_all_cycles_are_drawn(self, activation, start):
        for axis, (_, rows) in self.settings():
            runs = rows.query("seen and activation == @activation and start == @start")
            marks = line(axis, f"{activation.replace('hard', 'hard-')}, from {start}")
            assert_draws(marks, runs["gamma"] / runs["threshold"], runs["amplitude"])

    def test_runs_without_a_cycle_are_crosses(self):
        for axis, (_, rows) in self.settings():
            resting = rows[~rows["seen"]]
            crosses = line(axis, "no cycle found")
            assert_draws(crosses, resting["gamma"] / resting["threshold"], resting["amplitude"])
            assert crosses.get_marker() == "x"

    def test_both_starts_are_seen_where_their_marks_coincide(self):
        _, figure = drawn("euler_limit_cycle")
        inside, outside = figure.axes[0].lines[:2]
        assert inside.get_markerfacecolor() == "none"
        assert inside.get_markersize() > 2 * outside.get_markersize()

    def test_the_threshold_is_a_dashed_line_at_one(self):
        for axis, (_, rows) in self.settings():
            threshold = line(axis, r"$\gamma^* = (1 - \sqrt{1 - h^2\omega^2})/h$")
            assert set(threshold.get_xdata()) == {1}
            assert f"{rows['threshold'].iloc[0]:.3g}" in axis.get_xlabel()

    def test_a_panel_for_each_frequency_and_step(self):
        _, figure = drawn("euler_limit_cycle")
        assert [axis.get_title() for axis in figure.axes] == [
            r"$\omega = 1$, $h = 0.05$",
            r"$\omega = 5$, $h = 0.01$",
            r"$\omega = 5$, $h = 0.1$",
        ]
        assert figure.axes[0].get_ylabel() == r"largest $\|x\|$ on the cycle"
        assert len(legend_of(figure)) == 6

    def test_where_every_run_has_a_cycle_there_are_no_crosses(self):
        table, _ = drawn("euler_limit_cycle")
        figure = draw("euler_limit_cycle", table[table["seen"]])
        assert "no cycle found" not in legend_of(figure)


class TestIntegrators:
    def test_work_and_drift_are_those_of_the_table(self):
        table, figure = drawn("integrators")
        panels = table.groupby("activation", sort=False)
        for axis, (_, rows) in zip(figure.axes, panels, strict=True):
            methods = rows.groupby("integrator", sort=False)
            for drawn_line, (_, runs) in zip(axis.lines, methods, strict=True):
                assert_draws(drawn_line, runs["evaluations"], runs["drift"].clip(lower=1e-17))
            assert (axis.get_xscale(), axis.get_yscale()) == ("log", "log")

    def test_a_drift_of_zero_stays_on_the_axis(self):
        table, figure = drawn("integrators")
        assert (table["drift"] == 0).any()
        for axis in figure.axes:
            lowest = min(drawn_line.get_ydata().min() for drawn_line in axis.lines)
            assert lowest == 1e-17 > axis.get_ylim()[0]

    def test_each_panel_gives_the_fitted_orders(self):
        _, figure = drawn("integrators")
        linear, _, hard_tanh = (legend_of(axis) for axis in figure.axes)
        exact = ["implicit midpoint", "average vector field"]
        assert linear == ["Euler: order 1.00", "RK4: order 4.00", *exact]
        assert hard_tanh[1:3] == ["RK4: order 2.00", "implicit midpoint: order 2.00"]

    def test_an_integrator_looks_the_same_in_every_panel(self):
        _, figure = drawn("integrators")
        for lines in zip(*(axis.lines for axis in figure.axes), strict=True):
            assert len({(each.get_color(), each.get_marker()) for each in lines}) == 1

    def test_the_panels_and_the_axes_are_named(self):
        _, figure = drawn("integrators")
        assert [axis.get_title() for axis in figure.axes] == ["linear", "tanh", "hard-tanh"]
        work, drift = r"evaluations of $\sigma$ per unit time", r"drift, largest $|E - E_0|/E_0$"
        assert labels_of(figure.axes[0]) == (work, drift)


class TestClosingCondition:
    def orbits(self):
        table, figure = drawn("closing_condition")
        return zip(figure.axes, table.groupby("activation", sort=False), strict=True)

    def test_each_panel_holds_an_orbit_with_its_start_and_its_end(self):
        for axis, (_, orbit) in self.orbits():
            path, end, start = axis.lines
            assert_draws(path, orbit["x"], orbit["y"])
            assert_draws(start, orbit["x"].head(1), orbit["y"].head(1))
            assert_draws(end, orbit["x"].tail(1), orbit["y"].tail(1))

    def test_closed_orbits_are_solid_and_others_dashed(self):
        for axis, (_, orbit) in self.orbits():
            look = (axis.lines[0].get_color(), axis.lines[0].get_linestyle())
            assert look == ((COMPUTED, "-") if orbit["closes"].iloc[0] else (EXCEPTION, "--"))

    def test_the_titles_give_the_verdict(self):
        _, figure = drawn("closing_condition")
        assert [axis.get_title() for axis in figure.axes] == [
            "linear: closed",
            "tanh: closed",
            "hard-tanh: closed",
            "leaky ReLU: closed",
            "ELU: closed",
            r"softplus $-\ln 2$: closed",
            "sigmoid: not closed",
            "ReLU: not closed",
            r"$z\,e^{-z^2}$: not closed",
        ]

    def test_the_four_properties_are_ticked_or_crossed(self):
        words = {
            "odd": "odd",
            "bounded": "bounded",
            "sign_condition": r"$z\,\sigma(z) > 0$",
            "potential_unbounded": r"$\Phi \to \infty$",
        }
        for axis, (_, orbit) in self.orbits():
            expected = [
                f"{'✓' if orbit[column].iloc[0] else '✗'} {word}" for column, word in words.items()
            ]
            assert [text.get_text() for text in axis.texts] == expected

    def test_both_axes_have_one_scale(self):
        for axis, _ in self.orbits():
            assert axis.get_aspect() == 1
            assert labels_of(axis) == ("$x$", "$y$")

    def test_the_legend_names_start_and_end(self):
        _, figure = drawn("closing_condition")
        assert legend_of(figure) == ["start", "end"]

    def test_places_without_an_activation_are_left_out(self):
        table, _ = drawn("closing_condition")
        figure = draw("closing_condition", table.query("activation in ['tanh', 'relu']"))
        assert len(figure.axes) == 2
