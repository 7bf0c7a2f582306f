"""What Figs 2 to 8 of the study of affine maps show: the numbers of their tables."""

import numpy as np
import pandas as pd
import pytest
from affine_portrait_drawings import MAPS, draw, drawn
from matplotlib.collections import QuadMesh
from matplotlib.colors import LogNorm, to_hex, to_rgba
from matplotlib.path import Path
from matplotlib.quiver import Quiver

from neural_spectra.figures.affine_maps.panels import LARGEST, title
from neural_spectra.figures.style import COLOURS, COMPUTED, EXCEPTION, NOTHING, OPEN, pale

PORTRAITS = ["attractors_by_weights", "bias", "attractor_types"]
REGIONS = ["regions_by_activation", "regions_same_weights", "attractor_regions"]
SPECTRA = ["depth", "attractor_spectra"]


def panels(name):
    """Give each panel's rows and axis."""
    table, figure = drawn(name)
    axes = [axis for axis in figure.axes if axis.get_label() != "<colorbar>"]
    return zip([rows for _, rows in table.groupby("panel")], axes, strict=False)


def legend(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def labelled(axis, label):
    return [line for line in axis.lines if line.get_label() == label]


def points(line):
    return np.column_stack(line.get_data())


def mesh_of(axis):
    (mesh,) = (item for item in axis.collections if isinstance(item, QuadMesh))
    return mesh


class TestParts:
    def test_a_long_label_is_broken_into_lines_for_its_column(self):
        assert title("a chaotic network, largest exponent", 4) == (
            "a chaotic\nnetwork, largest\nexponent"
        )


@pytest.mark.parametrize("name", PORTRAITS)
class TestPortraits:
    def test_orbits_are_drawn_point_by_point_until_they_are_far_away(self, name):
        for rows, axis in panels(name):
            paths = rows[rows["kind"] == "trajectory"].groupby("trajectory")
            lines = labelled(axis, "orbit")
            for line, (_, path) in zip(lines, paths, strict=True):
                xy = path[["x", "y"]].to_numpy()
                near = xy[np.abs(xy).max(axis=1) <= 60]
                np.testing.assert_array_equal(points(line), near)

    def test_starts_are_open_dots(self, name):
        for rows, axis in panels(name):
            first = rows[(rows["kind"] == "trajectory") & (rows["step"] == 0)]
            starts = labelled(axis, "start")
            drawn_starts = np.concatenate([points(start) for start in starts])
            np.testing.assert_array_equal(drawn_starts, first[["x", "y"]])
            assert {start.get_markerfacecolor() for start in starts} == {OPEN}

    def test_arrows_of_one_length_point_to_the_image(self, name):
        for rows, axis in panels(name):
            (arrows,) = (item for item in axis.collections if isinstance(item, Quiver))
            np.testing.assert_allclose(np.hypot(arrows.U, arrows.V), 1)
            field = rows[rows["kind"] == "field"].set_index(["x", "y"])
            true = field.loc[[tuple(place) for place in arrows.XY], ["u", "v"]].to_numpy()
            along = (true * np.column_stack([arrows.U, arrows.V])).sum(axis=1)
            np.testing.assert_allclose(along, np.hypot(*true.T))

    def test_the_view_is_the_fields_square(self, name):
        for _, axis in panels(name):
            assert axis.get_xlim() == axis.get_ylim() == (-6, 6)
            assert axis.get_aspect() == 1

    def test_regions_of_attraction_are_coloured_and_rasterised(self, name):
        for rows, axis in panels(name):
            mesh = mesh_of(axis)
            basin = rows[rows["kind"] == "basin"].sort_values(["y", "x"])
            seen = pd.Series(map(to_hex, mesh.to_rgba(np.ravel(mesh.get_array()))))
            of_attractor = seen.groupby(basin["value"].to_numpy()).unique()
            assert (of_attractor.str.len() == 1).all()
            assert len(set(of_attractor.str[0])) == len(of_attractor)
            assert mesh.get_rasterized()


class TestAttractorTypes:
    def test_fixed_points_are_marked_by_their_stability(self):
        found = {}
        for rows, axis in panels("attractor_types"):
            for kind in ("attracting", "neutral", "repelling", "saddle"):
                for line in labelled(axis, kind if kind == "saddle" else f"{kind} fixed point"):
                    found[rows["panel"].iloc[0], kind] = len(points(line))
        assert found["b", "attracting"] == 2
        assert found["b", "saddle"] == 1
        assert ("b", "repelling") not in found
        assert found["c", "neutral"] == 61
        assert found["a", "attracting"] == found["f", "repelling"] == 1
        assert ("a", "repelling") not in found

    def test_states_on_an_attractor_that_is_no_point_are_drawn(self):
        for rows, axis in panels("attractor_types"):
            states = rows[rows["kind"] == "attractor"]
            lines = labelled(axis, "attractor")
            assert len(lines) == bool(len(states))
            for line in lines:
                np.testing.assert_array_equal(points(line), states[["x", "y"]])

    def test_the_same_grey_means_to_infinity_in_every_panel(self):
        seen = []
        for rows, axis in panels("attractor_types"):
            basin = rows[rows["kind"] == "basin"].sort_values(["y", "x"])
            mesh = mesh_of(axis)
            colours = mesh.to_rgba(np.ravel(mesh.get_array())[basin["value"] == -1])
            seen += [{to_hex(colour) for colour in colours}] if len(colours) else []
        assert seen == [{NOTHING.lower()}] * 2

    def test_the_largest_region_of_attraction_has_one_colour_in_every_panel(self):
        for rows, axis in [*panels("attractor_types"), *panels("attractors_by_weights")]:
            basin = rows[rows["kind"] == "basin"].sort_values(["y", "x"])
            attracted = basin[basin["value"] >= 0]["value"]
            if len(attracted):
                mesh = mesh_of(axis)
                colours = mesh.to_rgba(np.ravel(mesh.get_array()))
                largest = colours[(basin["value"] == attracted.value_counts().index[0]).to_numpy()]
                assert {to_hex(colour) for colour in largest} == {pale(COLOURS[0])}

    def test_the_number_of_an_attractor_does_not_decide_its_colour(self):
        table, _ = drawn("attractor_types")
        alone = table[table["panel"] == "d"]
        numbered = alone["value"].where(alone["kind"] != "basin", 7.0)
        numbered = numbered.where(alone["kind"] != "attractor", 7.0)
        (axis,) = draw("attractor_types", alone.assign(value=numbered)).axes
        mesh = mesh_of(axis)
        assert {to_hex(c) for c in mesh.to_rgba(np.ravel(mesh.get_array()))} == {pale(COLOURS[0])}
        assert {line.get_color() for line in labelled(axis, "attractor")} == {COLOURS[0]}

    def test_every_panel_names_its_horizontal_axis(self):
        _, figure = drawn("attractor_types")
        assert {axis.get_xlabel() for axis in figure.axes} == {"$x$"}

    def test_the_legend_explains_what_any_panel_shows_once(self):
        _, figure = drawn("attractor_types")
        assert legend(figure) == [
            "start",
            "orbit",
            "attractor",
            "its region of attraction",
            "to infinity",
            "attracting fixed point",
            "neutral fixed point",
            "saddle",
            "repelling fixed point",
        ]

    def test_what_is_not_shown_is_not_explained(self):
        table, _ = drawn("attractor_types")
        figure = draw("attractor_types", table[table["panel"] == "a"])
        assert legend(figure) == [
            "start",
            "orbit",
            "its region of attraction",
            "attracting fixed point",
        ]

    def test_fixed_points_out_of_view_are_not_explained(self):
        table, _ = drawn("attractor_types")
        table = table[table["panel"] == "a"]
        moved = table.assign(x=table["x"].where(table["kind"] != "equilibrium", 1e5))
        assert "attracting fixed point" not in legend(draw("attractor_types", moved))

    def test_numbers_too_large_to_draw_do_no_harm(self):
        table, _ = drawn("attractor_types")
        huge = table["x"].where(table["step"] < 3, 1e300)
        draw(
            "attractor_types", table.assign(x=huge.where(table["kind"] == "trajectory", table["x"]))
        )


class TestBias:
    def test_the_fixed_point_is_written_above_its_portrait(self):
        _, figure = drawn("bias")
        x, y = MAPS["shifted"][1][0][:2]
        assert figure.axes[0].get_title() == f"with bias\n$\\bar{{x}}$ = ({x:.3g}, {y:.3g})"
        assert figure.axes[1].get_title() == "without bias\n$\\bar{x}$ = (0, 0)"

    def test_a_negative_zero_is_written_as_zero(self):
        table, _ = drawn("bias")
        fixed = table["kind"] == "equilibrium"
        figure = draw("bias", table.assign(x=table["x"].where(~fixed, -0.0)))
        assert "(0, 0)" in figure.axes[1].get_title()


def assert_draws_the_spectrum(axis, real, imag):
    modulus = np.hypot(real, imag)
    circle, inside, beyond = axis.lines
    np.testing.assert_allclose(np.hypot(*circle.get_data()), 1)
    spectrum = np.column_stack([real, imag])
    np.testing.assert_array_equal(points(inside), spectrum[modulus <= 1 + 1e-6])
    np.testing.assert_array_equal(points(beyond), spectrum[modulus > 1 + 1e-6])
    assert (inside.get_color(), beyond.get_color()) == (COMPUTED, EXCEPTION)
    assert inside.get_rasterized()
    assert axis.get_xlim() == axis.get_ylim()
    assert axis.get_xlim()[1] >= 1.2


class TestSpectra:
    @pytest.mark.parametrize("name", SPECTRA)
    def test_eigenvalues_beyond_the_unit_circle_have_a_colour_of_their_own(self, name):
        for rows, axis in panels(name):
            assert_draws_the_spectrum(axis, rows["real"], rows["imag"])

    def test_those_of_fig_2_stand_below_its_portraits(self):
        _, figure = drawn("attractors_by_weights")
        for (rows, above), below in zip(
            panels("attractors_by_weights"), figure.axes[3:], strict=False
        ):
            spectrum = rows[rows["kind"] == "eigenvalue"]
            assert_draws_the_spectrum(below, spectrum["x"], spectrum["y"])
            assert below.get_position().y1 < above.get_position().y0

    def test_a_row_shares_its_limits_and_has_a_name(self):
        _, figure = drawn("depth")
        for row in np.reshape(figure.axes, (3, 3)):
            assert len({axis.get_xlim() for axis in row}) == 1
        names = [axis.get_ylabel().split("\n")[0] for axis in figure.axes[::3]]
        assert names == ["stable", "edge of stability", "unstable"]

    def test_the_largest_modulus_stands_above(self):
        table, figure = drawn("depth")
        rows = table[table["panel"] == "i"]
        largest = np.hypot(rows["real"], rows["imag"]).max()
        assert figure.axes[8].get_title() == f"depth 8\n$\\max|\\lambda|$ = ${largest:.3g}$"

    def test_far_outliers_are_shown_on_axes_that_are_logarithmic_from_the_circle_on(self):
        _, figure = drawn("attractor_spectra")
        scales = [(axis.get_xscale(), axis.get_yscale()) for axis in figure.axes]
        assert scales == [("linear", "linear")] * 5 + [("symlog", "symlog")] + [("linear",) * 2]
        assert figure.axes[5].get_title().endswith("= $400$")
        assert figure.axes[5].get_xlim()[1] > 400
        ticks = [tick.get_text() for tick in figure.axes[5].get_xticklabels()]
        assert ticks == ["$-10^{2}$", "$-1$", "$0$", "$1$", "$10^{2}$"]

    def test_the_legend_says_what_the_largest_modulus_is_the_largest_of(self):
        for name in SPECTRA:
            assert legend(drawn(name)[1])[-1] == r"$\max|\lambda|$: on this grid of states"


@pytest.mark.parametrize("name", REGIONS)
class TestRegions:
    def test_each_cell_has_the_colour_of_its_spectral_radius(self, name):
        for rows, axis in panels(name):
            mesh = mesh_of(axis)
            rows = rows.sort_values(["y", "x"])
            shown = np.ma.filled(np.ravel(mesh.get_array()), np.nan)
            radii = rows["spectral_radius"].clip(1 / LARGEST, LARGEST)
            np.testing.assert_array_equal(shown, radii)
            corners = mesh.get_coordinates()
            middles = (corners[:-1, :-1] + corners[1:, 1:]) / 2
            np.testing.assert_allclose(middles.reshape(-1, 2), rows[["x", "y"]], atol=1e-12)
            assert mesh.get_rasterized()

    def test_panels_have_their_labels(self, name):
        for rows, axis in panels(name):
            assert axis.get_title().replace("\n", " ") == rows["label"].iloc[0]

    def test_a_line_shows_where_the_radius_crosses_one(self, name):
        for rows, axis in panels(name):
            radius = rows["spectral_radius"]
            crosses = bool(radius.min() < 1 - 1e-6 and radius.max() > 1 + 1e-6)
            assert (len(axis.collections) > 1) == crosses

    def test_all_panels_have_one_logarithmic_scale_around_one_with_one_bar(self, name):
        _, figure = drawn(name)
        (bar,) = (axis for axis in figure.axes if axis.get_label() == "<colorbar>")
        norms = [mesh_of(axis).norm for _, axis in panels(name)]
        assert {(type(norm), norm.vmin, norm.vmax) for norm in norms} == {(LogNorm, 0.01, 100)}
        assert [tick.get_text() for tick in bar.get_xticklabels()] == [
            *("0.01", "0.1", "1", "10", "100")
        ]


class TestRadiusScales:
    def test_equal_factors_above_and_below_one_are_equally_far_from_its_colour(self):
        mesh = mesh_of(drawn("regions_by_activation")[1].axes[0])
        assert mesh.norm(1) == pytest.approx(0.5)
        assert mesh.norm(5) - 0.5 == pytest.approx(0.5 - mesh.norm(1 / 5))

    def test_a_map_that_is_1_up_to_rounding_has_one_colour(self):
        mesh = mesh_of(drawn("attractor_regions")[1].axes[2])
        assert len(np.unique(mesh.to_rgba(mesh.get_array()), axis=0)) == 1

    def test_a_map_below_all_colours_says_how_large_it_is(self):
        _, figure = drawn("regions_same_weights")
        texts = [[text.get_text() for text in axis.texts] for axis in figure.axes[:8]]
        assert texts == [[]] * 5 + [[r"at most $1.8\times 10^{-4}$" + "\non this grid"]] + [[]] * 2

    def test_a_place_without_a_number_is_grey(self):
        axis = drawn("regions_by_activation")[1].axes[3]
        assert np.ma.getmaskarray(np.ma.masked_invalid(mesh_of(axis).get_array())).sum() == 1
        assert axis.get_facecolor() == to_rgba(NOTHING)


class TestDepthShared:
    def test_both_kinds_of_layers_stand_beside_each_other_at_each_depth(self):
        table, figure = drawn("depth_shared")
        for axis, (_, rows) in zip(figure.axes, table.groupby("row"), strict=True):
            modulus = np.hypot(rows["real"], rows["imag"])
            largest = modulus.groupby([rows["layers"], rows["depth"]]).max()
            for label, layers in [("layers of their own", "own"), ("one layer", "repeated")]:
                (line,) = (x for x in axis.lines if x.get_label().startswith(label))
                np.testing.assert_array_equal(line.get_ydata(), largest[layers])
                assert np.abs(line.get_xdata() - np.arange(3)).max() < 0.1

    def test_every_eigenvalue_is_a_dot(self):
        table, figure = drawn("depth_shared")
        dots = [len(line.get_xdata()) for axis in figure.axes for line in axis.lines]
        assert sum(count for count in dots if count > 3) == len(table)

    def test_an_axis_is_logarithmic_where_the_largest_modulus_changes_by_orders(self):
        _, figure = drawn("depth_shared")
        assert [axis.get_yscale() for axis in figure.axes] == ["log", "linear", "linear"]


@pytest.mark.parametrize("name", MAPS)
def test_the_table_gives_the_fixed_points_of_its_map(name):
    f, fixed, _ = MAPS[name]
    places = np.array(fixed)[:, :2]
    np.testing.assert_allclose(f(places), places, atol=1e-3)


def test_the_largest_exponent_stands_above_the_panels_about_chaos():
    _, figure = drawn("attractor_types")
    titles = [axis.get_title() for axis in figure.axes if axis.get_label() != "<colorbar>"]
    assert ["λ" in text or "lambda" in text for text in titles] == [False] * 4 + [True, False, True]


def test_an_attractor_that_is_small_in_its_panel_is_enlarged_in_a_corner():
    table, _ = drawn("attractor_types")
    small = table.copy()
    states = small["kind"] == "attractor"
    small.loc[states, ["x", "y"]] *= 0.05
    figure = draw("attractor_types", small)
    with_states = set(small.loc[states, "panel"])
    for panel, axis in zip("abcdefg", figure.axes, strict=False):
        assert len(axis.child_axes) == (panel in with_states)


def test_an_enlarged_attractor_hides_no_orbit():
    table, _ = drawn("attractor_types")
    small = table.copy()
    small.loc[small["kind"] == "attractor", ["x", "y"]] *= 0.05
    figure = draw("attractor_types", small)
    insets = [(axis, inset) for axis in figure.axes for inset in axis.child_axes]
    assert len(insets) == 3
    for axis, inset in insets:
        box = inset.get_window_extent()
        for orbit in labelled(axis, "orbit"):
            path = Path(axis.transData.transform(points(orbit)))
            assert not path.intersects_bbox(box, filled=False)
