"""What each figure of the saturation study shows: the numbers of its table and nothing else."""

import math
from itertools import combinations

import numpy as np
import pytest
from drawings import draw, drawn, drawn_texts
from matplotlib.axes import Axes
from matplotlib.collections import FillBetweenPolyCollection
from matplotlib.colors import to_hex
from matplotlib.legend import Legend

from neural_spectra.figures.saturation.agreement import AGREES
from neural_spectra.figures.style import BOUND, COLOURS, COMPUTED, OPEN, PAPER, pale


def legend_of(place):
    """Return the labels in the legend of a figure or an axis, in order."""
    legends = [child for child in place.get_children() if isinstance(child, Legend)]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


def line(axis, label):
    return next(line for line in axis.lines if line.get_label() == label)


def assert_draws(drawn_line, x, y):
    np.testing.assert_array_equal(drawn_line.get_xdata(), x)
    np.testing.assert_array_equal(drawn_line.get_ydata(), y)


def band(axis, k=0):
    """Return the lower and the upper edge of the k-th shaded band, at each of its positions."""
    shaded = [c for c in axis.collections if isinstance(c, FillBetweenPolyCollection)][k]
    x, y = shaded.get_paths()[0].vertices.T
    positions = np.unique(x)
    return np.array([[y[x == p].min(), y[x == p].max()] for p in positions]).T


def labels_of(axis):
    return axis.get_xlabel(), axis.get_ylabel()


class TestAttenuation:
    def test_the_norm_is_solid_under_a_dashed_bound(self):
        table, figure = drawn("attenuation")
        left = figure.axes[0]
        bound, norm, certified = (line(left, label) for label in legend_of(left)[1:])
        assert_draws(norm, table["s"], table["jacobian_norm"])
        assert_draws(bound, table["s"], table["bound"])
        assert_draws(certified, table["s"], table["jacobian_bound"])
        styles = [drawn_line.get_linestyle() for drawn_line in (norm, bound, certified)]
        assert styles == ["-", "--", "-."]
        assert (norm.get_color(), bound.get_color()) == (COMPUTED, BOUND)

    def test_the_gap_between_them_is_shaded(self):
        table, figure = drawn("attenuation")
        low, high = band(figure.axes[0])
        np.testing.assert_array_equal(low, table["jacobian_norm"])
        np.testing.assert_array_equal(high, table["bound"])
        assert legend_of(figure.axes[0])[0] == "gap"

    def test_the_inset_repeats_the_smallest_scales_on_a_linear_axis(self):
        _, figure = drawn("attenuation")
        left = figure.axes[0]
        (inset,) = (child for child in left.get_children() if isinstance(child, Axes))
        assert (left.get_yscale(), inset.get_yscale()) == ("log", "linear")
        assert inset.get_xlim() == (1, 5)
        for outer, inner in zip(left.lines, inset.lines, strict=True):
            assert_draws(inner, *outer.get_data())

    def test_the_second_panel_holds_both_factors_and_their_product(self):
        table, figure = drawn("attenuation")
        right = figure.axes[1]
        for drawn_line, column in zip(
            right.lines, ["weight_factor", "bound", "delta"], strict=True
        ):
            assert_draws(drawn_line, table["s"], table[column])
        assert legend_of(right) == [
            "$C_W(s)$ (1/time), linear in $s$",
            r"product $C_W(s)\,\delta(s)$ (1/time)",
            r"saturation $\delta(s)$ (no unit)",
        ]

    def test_the_axes_are_named_with_units(self):
        _, figure = drawn("attenuation")
        assert labels_of(figure.axes[0]) == ("pre-activation scale $s$", "Jacobian norm (1/time)")


class TestPhasePortraits:
    def test_each_panel_holds_every_trajectory_and_the_circle(self):
        table, figure = drawn("phase_portraits")
        for axis, (_, rows) in zip(figure.axes, table.groupby("panel", sort=False), strict=True):
            circle, *paths = axis.lines
            np.testing.assert_allclose(np.hypot(*circle.get_data()), 1.0)
            assert circle.get_linestyle() == "--"
            for path, (_, trajectory) in zip(paths, rows.groupby("trajectory"), strict=True):
                assert_draws(path, trajectory["x"], trajectory["y"])

    def test_starts_inside_and_outside_the_circle_look_different(self):
        _, figure = drawn("phase_portraits")
        _, inside, outside = figure.axes[0].lines
        assert inside.get_color() != outside.get_color() == outside.get_markerfacecolor()
        assert inside.get_markerfacecolor() == OPEN
        cycle = "limit cycle of the exact flow, $r = 1$"
        assert legend_of(figure) == [cycle, "from inside", "from outside"]

    def test_each_trajectory_has_an_arrow_along_its_direction(self):
        table, figure = drawn("phase_portraits")
        arrows = [text for text in figure.axes[0].texts if text.arrow_patch]
        paths = [path for _, path in table.query("panel == 'exact'").groupby("trajectory")]
        for arrow, path in zip(arrows, paths, strict=True):
            points = path[["x", "y"]].to_numpy()
            tail = np.flatnonzero((points == arrow.xyann).all(-1)).item()
            np.testing.assert_array_equal(points[tail + 1], arrow.xy)

    def test_the_numbers_are_written_on_each_panel(self):
        _, figure = drawn("phase_portraits")
        written = [[text.get_text() for text in axis.texts] for axis in figure.axes]
        log_determinant = r"$\ln\det M$ = $-1.00\times 10^{-9}$"
        determinant = r"$\det M$ = $3.5\times 10^{-6}$"
        assert [text for text in written[0] if text] == [log_determinant, determinant]
        assert [text for text in written[1] if text] == [
            log_determinant,
            determinant,
            r"$\delta$ = $0.25$",
        ]

    def test_a_determinant_near_one_is_written_to_four_decimals(self):
        table, _ = drawn("phase_portraits")
        figure = draw("phase_portraits", table.assign(det=1 - 3e-9))
        assert r"$\det M$ = 1.0000" in [text.get_text() for text in figure.axes[0].texts]

    def test_the_panels_are_named_and_square(self):
        _, figure = drawn("phase_portraits")
        titles = [axis.get_title() for axis in figure.axes]
        assert titles == ["exact flow", "$s = 1$", "$s = 4$", "$s = 15$"]
        for axis in figure.axes:
            assert axis.get_xlim() == axis.get_ylim() == (-2, 2)
            width, height = axis.get_window_extent().size
            assert width == pytest.approx(height, rel=0.02)


class TestObstruction:
    def test_a_line_for_each_offset_draws_the_first_seed(self):
        table, figure = drawn("obstruction")
        axis = figure.axes[0]
        offsets = [rows for _, rows in table.query("seed == 0").groupby("offset")]
        for rows, label in zip(offsets, legend_of(axis), strict=False):
            assert_draws(line(axis, label), rows["s"], rows["bound"])

    def test_the_legend_names_the_offsets_and_both_levels(self):
        _, figure = drawn("obstruction")
        offsets = ["$c = 0$", *(rf"$c = {c}\,c_{{\min}}$" for c in (1.5, 3, 6))]
        levels = [r"$4\pi$, exact oscillator", "paper: $10^{-2}$"]
        assert legend_of(figure.axes[0]) == offsets + levels

    def test_the_levels_are_four_pi_dotted_and_a_hundredth(self):
        _, figure = drawn("obstruction")
        exact, small = figure.axes[0].lines[-2:]
        assert set(exact.get_ydata()) == {4 * math.pi}
        assert exact.get_linestyle() == ":"
        assert set(small.get_ydata()) == {1e-2}

    def test_a_mark_shows_where_a_line_is_first_below_a_hundredth(self):
        table, figure = drawn("obstruction")
        marks = {
            mark.get_marker(): mark.get_xydata()
            for mark in figure.axes[0].lines
            if mark.get_marker() != "None"
        }
        rows = table.query("seed == 0 and offset == 6 and bound < 0.01")
        np.testing.assert_array_equal(marks["D"], rows[["s", "bound"]].head(1))
        assert len(marks["o"]) == 0

    def test_the_band_holds_the_smallest_and_the_largest_of_the_seeds(self):
        table, figure = drawn("obstruction")
        low, high = band(figure.axes[0])
        of_offset = table.query("offset == 0")
        np.testing.assert_array_equal(low, of_offset.query("seed == 0")["bound"])
        np.testing.assert_array_equal(high, of_offset.query("seed == 1")["bound"])


class TestMultipliersWindow:
    def test_the_second_panel_draws_the_distances_from_modulus_1(self):
        table, figure = drawn("multipliers_window")
        for index in (1, 2):
            rows = table[table["index"] == index]
            resolved = rows[rows["ln_modulus"].abs() > rows["error_estimate"]]
            drawn_line = line(figure.axes[1], rf"$|\mu_{index}|$")
            assert_draws(drawn_line, resolved["s"], resolved["ln_modulus"].abs())
        assert figure.axes[1].get_yscale() == "log"

    def test_what_is_below_the_rounding_error_is_said_to_be_and_not_drawn_as_a_number(self):
        table, _ = drawn("multipliers_window")
        last = table["s"] == table["s"].max()
        figure = draw(
            "multipliers_window", table.assign(ln_modulus=table["ln_modulus"].mask(last, 0.0))
        )
        hidden = line(figure.axes[1], "smaller than the rounding error here")
        assert_draws(hidden, table[last]["s"], table[last]["error_estimate"])
        assert line(figure.axes[1], r"$|\mu_1|$").get_xdata().max() < table["s"].max()

    def test_moduli_above_1_have_open_marks(self):
        table, _ = drawn("multipliers_window")
        growing = table["ln_modulus"].mask((table["s"] == 1) & (table["index"] == 1), 0.5)
        figure = draw("multipliers_window", table.assign(ln_modulus=growing))
        marks = line(figure.axes[1], r"$|\mu_i| > 1$ (open)")
        assert_draws(marks, [1.0], [0.5])
        assert marks.get_markerfacecolor() == OPEN

    def test_the_second_window_reaches_up_to_its_half_width(self):
        table, figure = drawn("multipliers_window")
        _, high = band(figure.axes[1])
        bottom = figure.axes[1].get_ylim()[0]
        np.testing.assert_array_equal(high, table.query("index == 1")["window"].clip(lower=bottom))

    def test_the_window_of_the_logarithmic_norm_lies_inside_it(self):
        table, figure = drawn("multipliers_window")
        rows = table.query("index == 1")
        low, high = band(figure.axes[0], 1)
        np.testing.assert_allclose(low, np.exp(rows["window_lower"]))
        np.testing.assert_allclose(high, np.exp(rows["window_upper"]))
        _, high = band(figure.axes[1], 1)
        widest = np.maximum(-rows["window_lower"], rows["window_upper"])
        np.testing.assert_allclose(high, widest.clip(lower=figure.axes[1].get_ylim()[0]))

    def test_the_first_panel_draws_every_modulus_inside_its_limits(self):
        table, figure = drawn("multipliers_window")
        left = figure.axes[0]
        for index, drawn_line in enumerate(left.lines, start=1):
            moduli = np.exp(table[table["index"] == index]["ln_modulus"])
            np.testing.assert_array_equal(drawn_line.get_ydata(), moduli)
            assert moduli.between(*left.get_ylim()).all()

    def test_a_window_that_overflows_reaches_the_edge_of_the_axis(self):
        table, _ = drawn("multipliers_window")
        figure = draw("multipliers_window", table.assign(window=1e4))
        low, high = band(figure.axes[0])
        bottom, top = figure.axes[0].get_ylim()
        assert np.isfinite(high).all()
        assert (high > top).all()
        assert (low < bottom).all()

    def test_a_multiplier_that_has_underflowed_leaves_an_axis_that_can_be_drawn(self):
        table, _ = drawn("multipliers_window")
        gone = table["ln_modulus"].where(table["index"] == 1, -np.inf)
        figure = draw("multipliers_window", table.assign(ln_modulus=gone))
        assert figure.axes[0].get_ylim() == (1e-100, 1e100)

    def test_the_two_multipliers_differ_in_colour_and_line(self):
        _, figure = drawn("multipliers_window")
        first, second = figure.axes[0].lines
        assert (first.get_color(), first.get_linestyle()) == (COLOURS[0], "-")
        assert (second.get_color(), second.get_linestyle()) == (COLOURS[1], "--")

    def test_the_legend_and_the_axes_say_what_is_drawn(self):
        _, figure = drawn("multipliers_window")
        window = r"allowed: $e^{-C(U)\,T} \leq |\mu_i| \leq e^{C(U)\,T}$"
        ours = "allowed by the logarithmic norm (ours)"
        multipliers = [r"$|\mu_1|$", r"$|\mu_i| > 1$ (open)", r"$|\mu_2|$"]
        rounding = "smaller than the rounding error here"
        assert legend_of(figure) == [window, ours, *multipliers, rounding]
        assert [axis.get_ylabel() for axis in figure.axes] == [
            r"$|\mu_i|$ along the reference circle",
            r"distance $|\ln|\mu_i||$ from modulus 1",
        ]


class TestRefinedBound:
    def test_norm_and_both_bounds_share_a_logarithmic_axis(self):
        table, figure = drawn("refined_bound")
        left = figure.axes[0]
        columns = ["bound", "refined_bound", "jacobian_bound", "jacobian_norm"]
        for drawn_line, column in zip(left.lines, columns, strict=True):
            assert_draws(drawn_line, table["s"], table[column])
        assert left.get_yscale() == "log"
        assert legend_of(left) == [
            "original bound $C$",
            r"refined $\widetilde{C}$",
            r"certified for $\|Df_s\|_2$ (ours)",
            r"largest $\|Df_s\|_2$ on $U$",
        ]

    def test_the_improvement_stands_beside_the_papers_value(self):
        table, figure = drawn("refined_bound")
        certified, sampled, ours, star = figure.axes[1].lines
        assert_draws(certified, table["s"], table["improvement"])
        assert_draws(sampled, table["s"], table["improvement_sampled"])
        assert_draws(ours, table["s"], table["improvement_certified"])
        assert_draws(star, [30], [9])
        assert star.get_color() == PAPER
        named = legend_of(figure.axes[1])
        assert named[0] == r"$\widetilde{C}$, certified on $U$, gap $\leq$ 2 %"
        assert named[-1] == "paper: 9× at $s = 30$"

    def test_the_range_in_which_the_ledger_says_agrees_is_shaded_at_the_papers_scale(self):
        _, figure = drawn("refined_bound")
        (band,) = figure.axes[1].patches
        assert (band.get_y(), band.get_y() + band.get_height()) == (8.5, 9.5)
        assert band.get_x() + band.get_width() / 2 == 30
        assert to_hex(band.get_facecolor()) == pale(PAPER)

    def test_without_the_papers_scale_nothing_is_marked(self):
        table, _ = drawn("refined_bound")
        figure = draw("refined_bound", table[table["s"] < 30])
        assert len(figure.axes[1].lines) == 3
        assert len(figure.axes[1].patches) == 0


class TestSiluConverse:
    def test_every_row_of_the_table_is_one_mark(self):
        table, figure = drawn("silu_converse")
        marks = [tuple(point) for mark in figure.axes[0].lines for point in mark.get_xydata()]
        assert len(set(marks)) == len(marks) == len(table)

    def test_statuses_have_their_own_marks(self):
        table, figure = drawn("silu_converse")
        drawn_marks = dict.fromkeys(["v", "s", "o", ".", "+", "x"], 0)
        for mark in figure.axes[0].lines:
            drawn_marks[mark.get_marker()] += len(mark.get_xdata())
        count = table["status"].value_counts()
        assert drawn_marks["."] == count["equilibrium"]
        assert drawn_marks["+"] == count["diverged"]
        assert drawn_marks["x"] == count["seen not refined"]
        assert sum(drawn_marks[marker] for marker in "ovs") == count["orbit"]
        assert sorted(legend_of(figure.axes[0])) == ["diverged", "equilibrium", "undecided"]

    def test_a_line_for_each_seed_breaks_where_there_is_no_orbit(self):
        table, figure = drawn("silu_converse")
        paths = [path for _, path in table.groupby(["network", "seed"], sort=False)]
        for drawn_line, path in zip(figure.axes[1].lines, paths, strict=False):
            np.testing.assert_array_equal(drawn_line.get_ydata(), path["ln_modulus"])
            aside = drawn_line.get_xdata() / path["s"]
            assert aside.between(0.8, 1.25).all()

    def test_no_two_orbits_at_one_scale_lie_on_each_other(self):
        _, figure = drawn("silu_converse")
        places = [drawn_line.get_xdata()[0] for drawn_line in figure.axes[1].lines[:6]]
        assert len(set(places)) == 6

    def test_networks_are_named_in_words(self):
        _, figure = drawn("silu_converse")
        names = ["free SiLU, 256 units", "shifted tanh, 256 units", "of my own"]
        assert legend_of(figure) == [*names, r"exact oscillator, $-4\pi$"]
        ticks = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        assert ticks == [name.replace(", ", "\n") for name in names]

    def test_the_exact_multiplier_is_a_dotted_line(self):
        _, figure = drawn("silu_converse")
        exact = line(figure.axes[1], r"exact oscillator, $-4\pi$")
        assert set(exact.get_ydata()) == {-4 * math.pi}
        assert exact.get_linestyle() == ":"

    def test_a_table_of_orbits_only_needs_no_other_marks(self):
        table, _ = drawn("silu_converse")
        figure = draw("silu_converse", table.query("network == 'silu_256'"))
        assert legend_of(figure.axes[0]) == []

    def test_a_table_without_any_orbit_can_be_drawn(self):
        table, _ = drawn("silu_converse")
        without = table.assign(status="equilibrium", ln_modulus=math.nan)
        figure = draw("silu_converse", without)
        assert legend_of(figure.axes[0]) == ["equilibrium"]


class TestCertifiedCycles:
    def test_each_bar_is_made_of_the_fractions_of_seeds(self):
        table, figure = drawn("certified_cycles")
        for axis, (_, rows) in zip(figure.axes, table.groupby("network", sort=False), strict=True):
            names = ["cycle", "nothing", "no closed orbit"]
            for bars, name in zip(axis.containers, names, strict=True):
                shares = (rows["proved"] == name).groupby(rows["s"]).mean()
                assert [bar.get_height() for bar in bars] == shares.to_list()
                middles = [math.sqrt(bar.get_x() * (bar.get_x() + bar.get_width())) for bar in bars]
                np.testing.assert_allclose(middles, shares.index)

    def test_bars_are_stacked_to_all_seeds(self):
        _, figure = drawn("certified_cycles")
        for axis in figure.axes:
            heights = [[bar.get_height() for bar in bars] for bars in axis.containers]
            np.testing.assert_allclose(np.sum(heights, axis=0), 1)
            bottoms = [[bar.get_y() for bar in bars] for bars in axis.containers]
            np.testing.assert_allclose(bottoms[1:], np.cumsum(heights, axis=0)[:-1])

    def test_circles_are_at_the_fraction_that_simulation_finds(self):
        table, figure = drawn("certified_cycles")
        for axis, (_, rows) in zip(figure.axes, table.groupby("network", sort=False), strict=True):
            found = (rows["status"] == "orbit").groupby(rows["s"]).mean()
            assert_draws(line(axis, "simulation finds an orbit"), found.index, found)

    def test_a_line_for_each_seed_stands_where_the_bound_begins_to_exclude(self):
        table, figure = drawn("certified_cycles")
        shifted, free = figure.axes
        (limits,) = shifted.collections
        expected = table.query("network == 'shifted_256' and s == 1")["scale_of_limit"]
        assert [segment[0, 0] for segment in limits.get_segments()] == expected.to_list()
        assert [len(lines.get_segments()) for lines in free.collections] == [0]


class TestSeedSpread:
    def test_every_seed_is_a_dot_at_its_value(self):
        table, figure = drawn("seed_spread")
        for axis, (_, rows) in zip(figure.axes, table.groupby("quantity", sort=False), strict=True):
            (swarm,) = axis.collections
            np.testing.assert_allclose(np.sort(swarm.get_offsets()[:, 1]), np.sort(rows["value"]))

    def test_the_box_has_the_quartiles(self):
        table, figure = drawn("seed_spread")
        values = table.query("quantity == 'det at s = 4'")["value"]
        quartiles = np.quantile(values, [0.25, 0.5, 0.75])
        heights = np.concatenate([drawn_line.get_ydata() for drawn_line in figure.axes[1].lines])
        assert np.isclose(heights, quartiles[:, None]).any(-1).all()

    def test_the_papers_value_is_marked_and_named(self):
        _, figure = drawn("seed_spread")
        assert legend_of(figure) == [AGREES, "paper"]
        for axis, value in zip(figure.axes, [1e-5, 0.92, 9], strict=True):
            assert set(line(axis, "paper").get_ydata()) == {value}

    def test_the_range_in_which_the_ledger_says_agrees_is_shaded(self):
        table, figure = drawn("seed_spread")
        for axis, (_, rows) in zip(figure.axes, table.groupby("quantity", sort=False), strict=True):
            (band,) = (patch for patch in axis.patches if patch.get_label() == AGREES)
            ends = band.get_y(), band.get_y() + band.get_height()
            assert ends == pytest.approx(tuple(rows[["lowest", "highest"]].iloc[0]))

    def test_a_criterion_that_allows_a_factor_gets_a_logarithmic_axis(self):
        _, figure = drawn("seed_spread")
        assert [axis.get_yscale() for axis in figure.axes] == ["log", "linear", "linear"]

    def test_a_quantity_without_a_value_in_the_paper_has_no_mark(self):
        table, _ = drawn("seed_spread")
        figure = draw("seed_spread", table.assign(paper=math.nan))
        assert legend_of(figure) == []

    def test_the_axes_name_the_quantity_and_the_network(self):
        _, figure = drawn("seed_spread")
        shifted = "shifted tanh, 256 units"
        assert [labels_of(axis) for axis in figure.axes] == [
            (shifted, r"$\det M$ at $s = 1$"),
            (shifted, r"$\det M$ at $s = 4$"),
            ("free tanh, 32 units", r"$C/\widetilde{C}$ at $s = 30$"),
        ]

    def test_small_numbers_are_written_out_at_the_ticks(self):
        _, figure = drawn("seed_spread")
        texts = [text for text, _ in drawn_texts(figure)]
        assert r"$1\times 10^{-5}$" in texts
        assert not any("1e" in text for text in texts)


class TestYorkeLimit:
    def test_every_own_orbit_is_a_mark(self):
        table, figure = drawn("yorke_limit")
        networks = table.groupby("network", sort=False)
        for marks, (_, rows) in zip(figure.axes[0].lines, networks, strict=False):
            np.testing.assert_array_equal(marks.get_ydata(), rows["bound_period"])
            aside = marks.get_xdata() / rows["s"]
            assert aside.between(0.9, 1.1).all()

    def test_networks_stand_beside_each_other_at_each_scale(self):
        _, figure = drawn("yorke_limit")
        first, second = (marks.get_xdata() for marks in figure.axes[0].lines[:2])
        assert not set(first) & set(second)

    def test_what_yorke_excludes_is_shaded_up_to_two_pi(self):
        _, figure = drawn("yorke_limit")
        left = figure.axes[0]
        assert set(left.lines[-1].get_ydata()) == {2 * math.pi}
        assert left.patches[0].get_y() + left.patches[0].get_height() == 2 * math.pi
        assert r"$C(U)\,T < 2\pi$: no orbit" in [text.get_text() for text in left.texts]

    def test_the_fraction_with_an_orbit_is_counted_over_the_seeds(self):
        _, figure = drawn("yorke_limit")
        found = line(figure.axes[1], "shifted tanh, 256 units")
        assert_draws(
            found, [1.0, 1.5, 2.0, 4.0, 8.0, 15.0, 30.0], [1.0, 1.0, 0.75, 0.25, 0.0, 0.0, 0.0]
        )

    def test_undecided_searches_are_open_marks_above(self):
        _, figure = drawn("yorke_limit")
        (first, _) = (mark for mark in figure.axes[1].lines if mark.get_markerfacecolor() == OPEN)
        assert_draws(first, [15.0], [1.0])

    def test_each_seeds_limit_is_a_vertical_line(self):
        table, figure = drawn("yorke_limit")
        shifted = figure.axes[1].collections[1]
        limits = [segment[0, 0] for segment in shifted.get_segments()]
        wanted = table.query("network == 'shifted_256'").drop_duplicates("seed")["scale_of_limit"]
        assert limits == list(wanted)

    def test_no_mark_stands_on_the_lines_that_could_be_read_as_data(self):
        _, figure = drawn("yorke_limit")
        right = figure.axes[1]
        limits = [segment[0, 0] for segment in right.collections[1].get_segments()]
        marked = {x for mark in right.lines for x in mark.get_xdata()}
        assert len(limits) == 4
        assert not marked & set(limits)

    def test_both_panels_show_the_same_scales(self):
        _, figure = drawn("yorke_limit")
        left, right = figure.axes
        assert left.get_xlim() == right.get_xlim()

    def test_networks_without_a_limit_can_be_drawn(self):
        table, _ = drawn("yorke_limit")
        figure = draw("yorke_limit", table.query("network == 'free_32'"))
        assert legend_of(figure) == ["free tanh, 32 units"]


class TestSlowClock:
    def test_the_orbit_is_drawn_closed_at_three_shifts(self):
        table, figure = drawn("slow_clock")
        curves = figure.axes[0].lines
        assert [curve.get_label() for curve in curves] == ["$m = 1$", "$m = 4$", "$m = 12$"]
        for curve, m in zip(curves, [1.0, 4.0, 12.0], strict=True):
            points = table[table["m"] == m]
            assert_draws(
                curve, [*points["x"], points["x"].iloc[0]], [*points["y"], points["y"].iloc[0]]
            )

    def test_what_vanishes_and_what_stays_have_a_panel_each(self):
        table, figure = drawn("slow_clock")
        orbits = table.drop_duplicates("m")
        _, collapse, kept = figure.axes
        for label, column in {r"$\delta$": "delta", "$C$": "bound", "$T$": "period"}.items():
            assert_draws(line(collapse, label), orbits["m"], orbits[column])
        assert_draws(line(kept, r"$C\,T$"), orbits["m"], orbits["bound_period"])
        assert_draws(line(kept, r"$-\ln\det M$"), orbits["m"], -orbits["ln_det"])


class TestSensitivity:
    def test_every_row_of_the_table_is_one_circle(self):
        table, figure = drawn("sensitivity")
        circles = [line(axis, "one seed") for axis in figure.axes]
        groups = table.groupby(["network", "quantity"], sort=False)
        for circle, (_, rows) in zip(circles, groups, strict=True):
            np.testing.assert_array_equal(circle.get_xdata(), rows["value"])

    def test_a_circle_stands_at_the_name_of_its_variant(self):
        table, figure = drawn("sensitivity")
        names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        assert names == ["as used", "ridge 1", "$U$: unit disc", "cover: 1 cell", "cover: 16 cells"]
        rows = table.query("network == 'shifted_256' and quantity == 'det at s = 4'")
        heights = line(figure.axes[1], "one seed").get_ydata()
        assert [names[height] for height in heights] == list(rows["variant"])

    def test_rows_without_a_number_are_grey(self):
        _, figure = drawn("sensitivity")
        rows = [[p for p in axis.patches if p.get_label() != AGREES] for axis in figure.axes]
        middles = [patch.get_y() + patch.get_height() / 2 for patch in rows[0]]
        assert sorted(middles) == [2, 3, 4]
        assert rows[2] == []

    def test_the_papers_value_is_a_dashed_line_in_every_panel(self):
        _, figure = drawn("sensitivity")
        papers = [set(line(axis, "paper").get_xdata()) for axis in figure.axes]
        assert papers == 2 * [{1e-5}, {0.92}, {9.0}]
        assert legend_of(figure) == [AGREES, "paper", "one seed"]

    def test_the_range_in_which_the_ledger_says_agrees_is_shaded_in_every_panel(self):
        table, figure = drawn("sensitivity")
        groups = table.groupby(["network", "quantity"], sort=False)
        for axis, (_, rows) in zip(figure.axes, groups, strict=True):
            (band,) = (patch for patch in axis.patches if patch.get_label() == AGREES)
            ends = band.get_x(), band.get_x() + band.get_width()
            assert ends == pytest.approx(tuple(rows[["lowest", "highest"]].iloc[0]))
            assert to_hex(band.get_facecolor()) == pale(PAPER)

    def test_a_quantity_without_a_value_in_the_paper_has_no_line(self):
        table, _ = drawn("sensitivity")
        figure = draw("sensitivity", table.assign(paper=math.nan))
        assert {len(axis.lines) for axis in figure.axes} == {1}
        assert legend_of(figure) == ["one seed"]

    def test_rows_of_panels_name_the_network_and_columns_the_quantity(self):
        _, figure = drawn("sensitivity")
        titles = [axis.get_title(loc="right") for axis in figure.axes]
        assert titles == ["", "", "shifted tanh, 256 units", "", "", "free tanh, 32 units"]
        assert figure.axes[3].get_xlabel() == r"$\det M$ at $s = 1$"

    def test_small_numbers_on_a_linear_axis_do_not_touch(self):
        table, _ = drawn("sensitivity")
        table = table[table["variant"] != "ridge 1"]
        table = table.assign(value=0.3 * table["value"], axis="linear")
        figure = draw("sensitivity", table)
        for (_, box), (_, other) in combinations(drawn_texts(figure), 2):
            assert not box.padded(3).overlaps(other.padded(3))

    def test_values_over_more_than_a_decade_get_a_logarithmic_axis(self):
        table, _ = drawn("sensitivity")
        figure = draw("sensitivity", table[table["variant"] != "ridge 1"])
        assert [axis.get_xscale() for axis in figure.axes[1:3]] == ["linear"] * 2
        assert {axis.get_xscale() for axis in drawn("sensitivity")[1].axes} == {"log"}

    def test_a_criterion_that_allows_a_factor_gets_a_logarithmic_axis(self):
        table, _ = drawn("sensitivity")
        figure = draw("sensitivity", table[table["variant"] != "ridge 1"])
        assert [axis.get_xscale() for axis in figure.axes[::3]] == ["log"] * 2
