"""What the figures of a user's map and recurrent network show: the numbers of their tables."""

import numpy as np
import own_skew_drawings
import pytest
from drawings import drawn_texts
from matplotlib.collections import QuadMesh
from matplotlib.contour import ContourSet
from own_map_drawings import affine_of_a_line, chaotic_portrait, draw, drawn, portrait_of_a_line


def legend_of(figure):
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def lines(axis, label):
    return [line for line in axis.lines if line.get_label() == label]


def panels(figure):
    return [axis for axis in figure.axes if axis.get_label() != "<colorbar>"]


class TestPortrait:
    def test_basins_and_escape_are_told_apart(self):
        table, figure = drawn("map_portrait")
        (axis,) = figure.axes
        (mesh,) = (part for part in axis.collections if isinstance(part, QuadMesh))
        basin = table[table["kind"] == "basin"]
        colours = mesh.to_rgba(mesh.get_array().ravel())
        assert len(np.unique(colours, axis=0)) == basin["value"].nunique() == 3
        assert {"ends on an attractor", "escapes"} <= set(legend_of(figure))

    def test_fixed_points_and_cycles_are_marked_by_stability(self):
        _, figure = drawn("map_portrait")
        (axis,) = figure.axes
        assert len(lines(axis, "attracting fixed point")) == 2
        (saddle,) = lines(axis, "unstable fixed point")
        assert (saddle.get_xdata()[0], saddle.get_ydata()[0]) == (0.0, 0.0)
        (cycle,) = lines(axis, "unstable cycle")
        assert list(cycle.get_ydata()) == [1.5, -1.5]

    def test_a_chaotic_attractor_is_drawn_state_by_state(self):
        table = chaotic_portrait()
        figure = draw("map_portrait", table)
        (attractor,) = lines(figure.axes[0], "attractor")
        assert len(attractor.get_xdata()) == (table["kind"] == "attractor").sum()
        assert "escapes" not in legend_of(figure)

    def test_in_one_dimension_orbits_are_stairs_under_the_graph(self):
        table = portrait_of_a_line()
        figure = draw("map_portrait", table)
        (axis,) = figure.axes
        (graph,) = lines(axis, "graph of $f$")
        np.testing.assert_array_equal(graph.get_ydata(), np.tanh(2 * np.asarray(graph.get_xdata())))
        (stairs,) = lines(axis, "orbit")
        x, y = stairs.get_data()
        # Up to the graph, then across to the diagonal.
        np.testing.assert_allclose(y[1::2], np.tanh(2 * x[1::2]))
        np.testing.assert_array_equal(y[::2], x[::2])
        assert axis.get_ylabel() == "image of $x_{1}$"


class TestAffineMaps:
    def test_there_is_a_map_for_each_quantity_with_its_values(self):
        table, figure = drawn("map_affine")
        names = list(table["quantity"].unique())
        assert len(panels(figure)) == len(names)
        for axis, name in zip(panels(figure), names, strict=True):
            (mesh,) = (part for part in axis.collections if isinstance(part, QuadMesh))
            values = table[table["quantity"] == name]["value"]
            np.testing.assert_array_equal(np.asarray(mesh.get_array()).ravel(), values)
        assert panels(figure)[1].get_title() == "$A^*_{12}$"

    def test_a_line_shows_where_a_radius_crosses_1(self):
        _, figure = drawn("map_affine")
        crossed = [
            axis.get_title()
            for axis in panels(figure)
            if any(isinstance(part, ContourSet) for part in axis.collections)
        ]
        assert crossed == [r"$\rho(A^*)$", r"$\rho(Df)$", r"$\|A^*\|_2$"]

    def test_in_one_dimension_there_are_curves(self):
        table = affine_of_a_line()
        figure = draw("map_affine", table)
        for axis, (_, rows) in zip(figure.axes, table.groupby("quantity", sort=False), strict=True):
            np.testing.assert_array_equal(axis.lines[0].get_ydata(), rows["value"])


class TestSpectrum:
    def test_eigenvalues_and_multipliers_are_those_of_the_table(self):
        table, figure = drawn("map_spectrum")
        left, right = figure.axes
        shown = sum(len(line.get_xdata()) for line in left.lines[1:])
        assert shown == (table["kind"] == "eigenvalue").sum()
        (saddle,) = lines(right, "unstable fixed point")
        assert list(saddle.get_xdata()) == [1.5, -0.3]

    def test_without_a_cycle_it_says_so(self):
        table = drawn("map_spectrum")[0]
        figure = draw("map_spectrum", table[table["kind"] == "eigenvalue"])
        assert figure.axes[1].get_title() == "no fixed point or cycle was found"


class TestSaturation:
    def test_there_is_a_curve_for_each_layer_and_place(self):
        table, figure = drawn("map_saturation")
        for axis, place in zip(figure.axes, ["on the attractors", "over the region"], strict=True):
            (curve,) = lines(axis, "layer 2, tanh")
            rows = table.query("layer == 2 and place == @place")
            np.testing.assert_array_equal(curve.get_ydata(), rows["share"])

    def test_a_map_without_activation_has_nothing_to_show(self):
        figure = draw("map_saturation", drawn("map_saturation")[0].head(0))
        assert [axis.get_title() for axis in figure.axes] == [
            "on the attractors: nothing to show",
            "over the region: nothing to show",
        ]


class TestSweep:
    def test_all_states_and_exponents_are_drawn(self):
        table, figure = drawn("map_sweep")
        left, right = figure.axes
        np.testing.assert_array_equal(left.lines[0].get_ydata(), table["state"])
        (bound,) = lines(right, "bound on it")
        np.testing.assert_array_equal(
            bound.get_ydata(), table.drop_duplicates("s")["exponent_bound"]
        )

    def test_long_tick_labels_leave_room_for_the_axis_label(self):
        table = drawn("map_sweep")[0]
        figure = draw("map_sweep", table.assign(state=table["state"] * 1000.5))
        assert all(box.x0 >= 0 for _, box in drawn_texts(figure))


class TestRecurrentNetwork:
    def test_the_eigenvalues_are_those_of_the_table(self):
        table, figure = own_skew_drawings.drawn("skew_spectrum")
        np.testing.assert_array_equal(figure.axes[0].lines[1].get_ydata(), table["imag"])

    def test_each_orbit_is_drawn_in_the_plane_and_over_time(self):
        table, figure = own_skew_drawings.drawn("skew_orbits")
        plane, time, energy = figure.axes
        for size, rows in table.groupby("size"):
            label = f"arguments of size {size:g}"
            (path,), (curve,) = lines(plane, label), lines(time, label)
            np.testing.assert_array_equal(path.get_ydata(), rows["y"])
            np.testing.assert_array_equal(curve.get_ydata(), rows["x"])
        assert energy.get_ylim() == (-1e-9, 1e-9)

    def test_the_drift_of_each_integrator_has_its_order(self):
        table, figure = own_skew_drawings.drawn("skew_drift")
        (axis,) = figure.axes
        (curve,) = lines(axis, "RK4: order 4.0")
        np.testing.assert_array_equal(
            curve.get_ydata(), table[table["integrator"] == "rk4"]["drift"]
        )
        assert lines(axis, "average vector field")

    def test_infinite_dampings_are_left_out(self):
        table, figure = own_skew_drawings.drawn("skew_euler")
        damping = figure.axes[1].lines[0].get_ydata()
        assert len(damping) == np.isfinite(table["damping_needed"]).sum() < len(table)

    @pytest.mark.parametrize("column", ["change_per_turn", "damping_needed"])
    def test_where_nothing_changes_it_says_so(self, column):
        table = own_skew_drawings.drawn("skew_euler")[0]
        table = table.assign(**{column: 0.0, "linear_growth": 0.0})
        figure = own_skew_drawings.draw("skew_euler", table)
        axis = figure.axes[0 if column == "change_per_turn" else 1]
        assert axis.get_title() == "nothing to show"
