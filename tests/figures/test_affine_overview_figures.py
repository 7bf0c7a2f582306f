"""What the overviews of the affine maps show: the numbers of their tables and nothing else."""

import io
import math

import numpy as np
import pandas as pd
import pytest
from affine_overview_drawings import ACTIVATIONS, COUNTS, ROWS, draw, drawn
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.legend import Legend

from neural_spectra.figures.affine_maps.activations import WIDE
from neural_spectra.figures.affine_maps.models_overview import ATTRACTORS
from neural_spectra.figures.style import BLUE, RED


def legend_of(place):
    """Return the labels in the legend of a figure or an axis, in order."""
    legends = [child for child in place.get_children() if isinstance(child, Legend)]
    return [text.get_text() for legend in legends for text in legend.get_texts()]


def cells_of(axis):
    (cells,) = (mesh for mesh in axis.collections if isinstance(mesh, QuadMesh))
    return cells


def texts_of(axis):
    return [text.get_text() for text in axis.texts]


def reread(table):
    """Return the table as a drawing job reads it."""
    return pd.read_csv(io.StringIO(table.to_csv(index=False)))


class TestActivations:
    def names(self, axis):
        labels = [line.get_label().removesuffix(" †") for line in axis.lines]
        return sorted(name for label in labels for name in label.split(", "))

    def test_each_panel_has_the_functions_of_its_footnote(self):
        table, figure = drawn("activations")
        of_class = table.groupby("paper_class")["label"].unique()
        first, second, third = map(self.names, figure.axes)
        assert first == sorted(of_class["asymptotically stable"])
        assert second == sorted([*of_class["unstable regions"], *of_class["BIBO"]])
        assert third == sorted(of_class["BIBO"])

    def test_every_line_is_the_graph_of_each_function_it_names(self):
        table, figure = drawn("activations")
        for axis in figure.axes:
            for line in axis.lines:
                for name in line.get_label().removesuffix(" †").split(", "):
                    rows = table[table["label"] == name]
                    np.testing.assert_array_equal(line.get_xdata(), rows["z"])
                    np.testing.assert_allclose(line.get_ydata(), rows["sigma"], atol=1e-9)

    def test_functions_with_one_graph_share_a_line(self):
        _, figure = drawn("activations")
        shared = {line.get_label() for line in figure.axes[0].lines if "," in line.get_label()}
        assert shared == {"BLU, SoftExponential", "CELU, ELU", "ReLU, ReLU6"}

    def test_no_two_lines_of_a_panel_look_the_same(self):
        _, figure = drawn("activations")
        for axis in figure.axes:
            # Matplotlib calls all dashes of one's own "--".
            looks = [(line.get_color(), line._unscaled_dash_pattern) for line in axis.lines]
            assert all(looks.count(look) == 1 for look in looks)

    def test_a_function_of_another_computed_class_is_wide_and_has_a_dagger(self):
        table, figure = drawn("activations")
        lines = figure.axes[1].lines
        marked = {line.get_label() for line in lines if line.get_label().endswith("†")}
        assert marked == {f"{name} †" for name in table.loc[~table["agree"], "label"]}
        assert marked == {line.get_label() for line in lines if line.get_linewidth() == WIDE}

    def test_the_blue_area_is_where_functions_are_below_the_diagonals(self):
        _, figure = drawn("activations")
        for axis in figure.axes:
            (area,) = axis.collections
            (path,) = area.get_paths()
            for point, inside in [((2, 1), True), ((-2, -1), True), ((1, 2), False)]:
                assert path.contains_point(point) == inside
            assert to_hex(area.get_facecolor()[0]) == BLUE.lower()
        assert legend_of(figure)[0] == r"stable: $|\sigma(z)| \leq |z|$"


class TestModelsOverview:
    def models(self, table):
        return table[table["panel"] == "model"]

    def classes(self, table):
        return table[table["panel"] == "class"]

    def cell(self, model):
        """Return the row and the column of a model in the matrices."""
        column = 6 * ACTIVATIONS.index(model.activation) + 2 * [1, 4, 8].index(model.depth)
        return list(ROWS).index(model.label), column + model.bias

    def test_each_of_the_828_cells_has_its_models_class_and_radius(self):
        table, figure = drawn("models_overview")
        classes, radii = (cells_of(axis).get_array() for axis in figure.axes[:2])
        assert classes.shape == radii.shape == (23, 36)
        for model in self.models(table).itertuples():
            assert list(ATTRACTORS)[int(classes[self.cell(model)])] == model.attractor
            assert radii[self.cell(model)] == pytest.approx(np.clip(model.rho_max, 0.1, 10))

    def test_the_marks_repeat_the_colours(self):
        _, figure = drawn("models_overview")
        classes = cells_of(figure.axes[0]).get_array()
        marks = {line.get_marker(): line for line in figure.axes[0].lines if len(line.get_xdata())}
        for k, (_, marker) in enumerate(ATTRACTORS.values()):
            row, column = np.nonzero(classes == k)
            np.testing.assert_array_equal(marks[marker].get_xdata(), column + 0.5)
            np.testing.assert_array_equal(marks[marker].get_ydata(), row + 0.5)

    def test_the_legend_names_the_classes(self):
        _, figure = drawn("models_overview")
        assert legend_of(figure) == list(ATTRACTORS)

    @pytest.mark.parametrize("marker", ["o", "+"])
    def test_marks_stand_where_orbits_converge_despite_the_radius_or_by_a_certificate(self, marker):
        table, figure = drawn("models_overview")
        (marks,) = (line for line in figure.axes[1].lines if line.get_marker() == marker)
        marked = {(row - 0.5, column - 0.5) for column, row in marks.get_xydata()}
        expected = {
            self.cell(model)
            for model in self.models(table).itertuples()
            if (
                model.certified
                if marker == "+"
                else model.rho_max > 1 and model.attractor == "single point"
            )
        }
        assert marked == expected != set()

    def test_a_radius_of_1_up_to_rounding_is_not_marked(self):
        table, _ = drawn("models_overview")
        rounded = table.assign(rho_max=table["rho_max"].clip(upper=1 + 1e-12))
        (marks,) = (
            line
            for line in draw("models_overview", rounded).axes[1].lines
            if line.get_marker() == "o"
        )
        assert len(marks.get_xdata()) == 0

    def test_radii_of_1_are_neither_blue_nor_red(self):
        _, figure = drawn("models_overview")
        cells = cells_of(figure.axes[1])
        red, _, blue, _ = cells.cmap(cells.norm(1.0))
        assert abs(red - blue) < 0.02

    def test_rows_and_columns_are_named(self):
        _, figure = drawn("models_overview")
        for axis in figure.axes[:2]:
            rows = [text.get_text() for text in axis.get_yticklabels()]
            assert rows == list(ROWS)
            assert texts_of(axis) == ["ReLU", "SELU", "GELU", "tanh", "sigmoid", "softplus"]
            assert [text.get_text() for text in axis.get_xticklabels()] == ["1", "4", "8"] * 6
            assert axis.get_ylim() == (23, 0)

    def test_the_counts_and_their_spread_stand_in_the_row_of_their_class(self):
        table, figure = drawn("models_overview")
        classes = self.classes(table)
        seeds, deviation = (lines.get_segments() for lines in figure.axes[2].collections)
        mean, shown = figure.axes[2].lines
        ends = np.array(seeds)[:, :, 0]
        np.testing.assert_array_equal(ends, classes[["smallest", "largest"]])
        np.testing.assert_array_equal(mean.get_xdata(), classes["mean"])
        np.testing.assert_array_equal(shown.get_xdata(), classes["count"])
        low = np.maximum(classes["mean"] - classes["standard_deviation"], 0)
        np.testing.assert_allclose(np.array(deviation)[:, 0, 0], low)
        assert [text.get_text() for text in figure.axes[2].get_yticklabels()] == list(COUNTS)

    def test_the_parts_of_the_spread_are_named(self):
        _, figure = drawn("models_overview")
        names = ["all seeds", "± standard deviation", "mean", "the models above"]
        assert sorted(legend_of(figure.axes[2])) == sorted(names)

    def test_a_table_that_was_written_and_read_gives_the_same_matrices(self):
        table, figure = drawn("models_overview")
        again = draw("models_overview", reread(table))
        for axis, other in zip(figure.axes[:2], again.axes[:2], strict=True):
            np.testing.assert_array_equal(cells_of(axis).get_array(), cells_of(other).get_array())
        assert texts_of(again.axes[0]) == texts_of(figure.axes[0])

    def test_a_small_grid_has_small_matrices(self):
        table, _ = drawn("models_overview")
        models = self.models(table)
        few = models[(models["label"] == "Unstructured") & (models["depth"] == 4)]
        figure = draw("models_overview", pd.concat([few, self.classes(table)]))
        assert cells_of(figure.axes[0]).get_array().shape == (1, 12)


class TestRegionMetrics:
    def of(self, table, metric):
        return [
            rows["value"].to_numpy()
            for _, rows in table.query("metric == @metric").groupby("panel")
        ]

    def test_each_map_has_the_norms_of_its_panel(self):
        table, figure = drawn("region_metrics")
        for axis, norms in zip(figure.axes[:4], self.of(table, "norm"), strict=True):
            np.testing.assert_array_equal(cells_of(axis).get_array(), norms.reshape(61, 61))
            assert cells_of(axis).get_rasterized()

    def test_titles_name_the_models_and_count_the_regions_where_they_are_known(self):
        _, figure = drawn("region_metrics")
        titles = [axis.get_title() for axis in figure.axes[:4]]
        assert titles == ["ReLU\n4 linear regions", "tanh", "SELU", "sigmoid"]

    def test_a_line_runs_where_norms_pass_1(self):
        _, figure = drawn("region_metrics")
        lines = [len(axis.collections) - 1 for axis in figure.axes[:4]]
        assert lines == [2, 0, 2, 2]

    def test_below_are_the_densities_and_the_mean_moduli(self):
        table, figure = drawn("region_metrics")
        densities, means = self.of(table, "density"), self.of(table, "mean modulus")
        for axis, density, (mean,) in zip(figure.axes[4:8], densities, means, strict=True):
            curve, line = axis.lines
            np.testing.assert_array_equal(curve.get_ydata(), density)
            assert list(line.get_xdata()) == [mean, mean]
            assert axis.get_title() == "mean $0.4$"
            assert axis.get_ylim()[0] == 0

    def test_a_pole_does_not_take_up_all_colours(self):
        table, figure = drawn("region_metrics")
        assert self.of(table, "norm")[3].max() > 50
        assert cells_of(figure.axes[3]).norm.vmax < 10

    def test_a_norm_that_is_not_known_leaves_a_gap(self):
        table, _ = drawn("region_metrics")
        values = table["value"].mask(table.index == 1000)
        (first, *_) = draw("region_metrics", table.assign(value=values)).axes
        assert cells_of(first).get_array().mask.sum() == 1


class TestTrainableSpectra:
    def panels(self, table, figure):
        keys = ["factorisation", "penalty_weight"]
        groups = table.groupby(keys, sort=False, dropna=False)
        return zip(figure.axes, (rows for _, rows in groups), strict=True)

    def test_each_singular_value_is_a_line(self):
        table, figure = drawn("trainable_spectra")
        for axis, rows in self.panels(table, figure):
            for line, (_, path) in zip(axis.lines[:4], rows.groupby("index"), strict=True):
                np.testing.assert_array_equal(line.get_xdata(), path["step"])
                np.testing.assert_array_equal(line.get_ydata(), path["singular_value"])

    def test_red_dots_mark_what_is_outside_of_the_range(self):
        table, figure = drawn("trainable_spectra")
        for axis, rows in self.panels(table, figure):
            values = rows["singular_value"]
            outside = rows[(values < 0.82) | (values > 0.98)]
            np.testing.assert_array_equal(
                axis.lines[4].get_xydata(), outside[["step", values.name]]
            )
            assert axis.lines[4].get_color() == RED
        assert [len(axis.lines[4].get_xdata()) > 0 for axis in figure.axes] == [
            False,
            True,
            True,
            True,
        ]

    def test_rounding_at_the_ends_of_the_range_is_not_marked(self):
        table, _ = drawn("trainable_spectra")
        ends = table.assign(singular_value=0.98 + 1e-13)
        assert not any(
            len(axis.lines[4].get_xdata()) for axis in draw("trainable_spectra", ends).axes
        )

    def test_the_range_is_a_band(self):
        _, figure = drawn("trainable_spectra")
        for axis in figure.axes:
            (band,) = axis.patches
            assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.82, 0.98))

    def test_the_panels_are_named_and_compare(self):
        _, figure = drawn("trainable_spectra")
        titles = [axis.get_title() for axis in figure.axes]
        penalties = [f"Regularised,\npenalty × {weight}" for weight in ("0", "0.1", "1")]
        assert titles == ["Householder", *penalties]
        assert len({axis.get_ylim() for axis in figure.axes}) == 1
        labels = ["range of the singular values", "a singular value", "outside of the range"]
        assert legend_of(figure) == labels


class TestCounterexamples:
    def test_each_bar_is_the_share_of_the_models_in_which_a_statement_fails(self):
        table, figure = drawn("counterexamples")
        first = table.drop_duplicates("statement")
        tried = first[first["of"].notna()]
        bars = [patch.get_width() for patch in figure.axes[0].patches]
        np.testing.assert_allclose(bars, tried["fails_in"] / tried["of"])
        for fails, of in zip(tried["fails_in"], tried["of"], strict=True):
            assert f"fails in {fails:.0f} of {of:.0f}" in texts_of(figure.axes[0])

    def test_each_case_has_its_verdict(self):
        table, figure = drawn("counterexamples")
        marks = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "X")]
        verdicts = [line.get_marker() == "o" for line in marks]
        assert verdicts == table["holds"].tolist()
        heights = [line.get_ydata()[0] for line in marks]
        assert heights == sorted(set(heights))

    def test_each_case_stands_beside_its_verdict(self):
        _, figure = drawn("counterexamples")
        texts = {text.get_position()[1]: text.get_text() for text in figure.axes[0].texts}
        marks = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "X")]
        beside = [texts[line.get_ydata()[0]] for line in marks]
        assert beside[0] == "A = [[0, 2], [0, 0]] and its transpose: value $4$, bound $0$"
        assert beside[1] == "two diagonal matrices: value $0.5$, bound $0.5$"

    def test_a_number_that_is_not_known_is_left_out(self):
        _, figure = drawn("counterexamples")
        texts = texts_of(figure.axes[0])
        assert "SELU, 1 layer" in texts
        assert texts.count("(the spectral radius, and what the statement says of it)") == 8
        assert "a case: value $0.2$" in texts
        assert r"the same ReLU network: value $\infty$, bound $1$" in texts

    def test_statements_are_named_in_order_from_above(self):
        table, figure = drawn("counterexamples")
        axis = figure.axes[0]
        names = [text.get_text().replace("\n", " ") for text in axis.get_yticklabels()]
        assert names == table["statement"].unique().tolist()
        assert axis.get_ylim()[0] > axis.get_ylim()[1] == 0
        assert math.isclose(axis.get_xlim()[1], 1)

    def test_verdicts_that_were_written_and_read_are_the_same(self):
        table, figure = drawn("counterexamples")
        assert texts_of(draw("counterexamples", reread(table)).axes[0]) == texts_of(figure.axes[0])
