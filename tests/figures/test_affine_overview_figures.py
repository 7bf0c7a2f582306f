"""What the overviews of the affine maps show: the numbers of their tables and nothing else."""

import io
import math

import numpy as np
import pandas as pd
import pytest
from affine_overview_drawings import ACTIVATIONS, COUNTS, ROWS, draw, drawn
from drawings import drawn_texts
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex
from matplotlib.legend import Legend

from neural_spectra.figures.affine_maps.models_overview import ATTRACTORS
from neural_spectra.figures.affine_maps.panels import LARGEST
from neural_spectra.figures.style import COMPUTED, EXCEPTION, pale


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
        labels = [text.get_text().removesuffix(" †") for text in axis.texts]
        return sorted(name for label in labels for name in label.split(",\n"))

    def graphs(self, figure):
        """Give each graph's names, and its points around the middle of its own square."""
        for axis in figure.axes:
            titles = iter(axis.texts)
            for outside, inside in zip(axis.lines[::2], axis.lines[1::2], strict=True):
                text = next(titles)
                x, y = text.get_position()
                sigma = np.fmax(outside.get_ydata(), inside.get_ydata()) - (y - 1.1 * 4)
                yield text.get_text(), outside.get_xdata() - x, sigma, outside, inside

    def test_each_panel_has_the_functions_of_its_footnote(self):
        table, figure = drawn("activations")
        of_class = table.groupby("paper_class")["label"].unique()
        first, second, third = map(self.names, figure.axes)
        assert first == sorted(of_class["asymptotically stable"])
        assert second == sorted([*of_class["unstable regions"], *of_class["BIBO"]])
        assert third == sorted(of_class["BIBO"])

    def test_every_graph_is_that_of_each_function_it_names(self):
        table, figure = drawn("activations")
        for names, z, sigma, *_ in self.graphs(figure):
            for name in names.removesuffix(" †").split(",\n"):
                rows = table[table["label"] == name]
                np.testing.assert_allclose(z, rows["z"], atol=1e-9)
                seen = np.abs(rows["sigma"]) <= 4
                np.testing.assert_allclose(sigma, rows["sigma"].where(seen), atol=1e-9)

    def test_functions_with_one_graph_share_it(self):
        _, figure = drawn("activations")
        shared = {text for text in texts_of(figure.axes[0]) if "," in text}
        assert shared == {"BLU,\nSoftExponential", "CELU,\nELU", "ReLU,\nReLU6"}

    def test_no_graph_lies_on_another(self):
        _, figure = drawn("activations")
        for axis in figure.axes:
            places = [text.get_position() for text in axis.texts]
            apart = [math.dist(a, b) for k, a in enumerate(places) for b in places[:k]]
            assert min(apart) > 8

    def test_a_function_of_another_computed_class_has_a_dagger(self):
        table, figure = drawn("activations")
        marked = {text for text in texts_of(figure.axes[1]) if text.endswith("†")}
        assert marked == {f"{name} †" for name in table.loc[~table["agree"], "label"]}

    def test_a_graph_has_another_colour_where_it_is_above_the_diagonals(self):
        _, figure = drawn("activations")
        for _, z, sigma, outside, inside in self.graphs(figure):
            assert (outside.get_color(), inside.get_color()) == (EXCEPTION, COMPUTED)
            above = np.abs(sigma) > np.abs(z) * (1 + 1e-6)
            assert np.isnan(inside.get_ydata()[above]).all()

    def test_the_shaded_area_is_where_functions_are_below_the_diagonals(self):
        _, figure = drawn("activations")
        area = figure.axes[0].collections[0]
        (path,) = area.get_paths()
        for point, inside in [((2, 1), True), ((-2, -1), True), ((1, 2), False)]:
            assert path.contains_point(point) == inside
        assert to_hex(area.get_facecolor()[0]) == pale(COMPUTED)
        assert legend_of(figure)[0] == r"stable area, $|\sigma(z)| \leq |z|$"


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
            assert radii[self.cell(model)] == pytest.approx(
                np.clip(model.rho_max, 1 / LARGEST, LARGEST)
            )

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

    def test_radii_of_1_have_no_hue(self):
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
            shown = norms.reshape(61, 61).clip(1 / LARGEST, LARGEST)
            np.testing.assert_array_equal(cells_of(axis).get_array(), shown)
            assert cells_of(axis).get_rasterized()

    def test_titles_name_the_models_and_count_the_regions_where_they_are_known(self):
        _, figure = drawn("region_metrics")
        titles = [axis.get_title() for axis in figure.axes[:4]]
        assert titles == ["ReLU", "tanh", "SELU", "sigmoid"]
        assert [texts_of(axis) for axis in figure.axes[:4]] == [["4 linear regions"], [], [], []]

    def test_a_line_runs_where_norms_pass_1(self):
        _, figure = drawn("region_metrics")
        lines = [len(axis.collections) - 1 for axis in figure.axes[:4]]
        assert lines == [1, 0, 1, 1]

    def test_below_are_the_densities_and_the_mean_moduli(self):
        table, figure = drawn("region_metrics")
        densities, means = self.of(table, "density"), self.of(table, "mean modulus")
        for axis, density, (mean,) in zip(figure.axes[4:8], densities, means, strict=True):
            (line,) = axis.lines
            for bars in axis.patches:
                values, edges, _ = bars.get_data()
                np.testing.assert_array_equal(values, density)
                # Whole bins, from 0 on.
                np.testing.assert_allclose(edges, np.linspace(0, 1, 41), atol=1e-12)
            assert list(line.get_xdata()) == [mean, mean]
            assert axis.get_title() == "mean $0.4$"
            assert axis.get_ylim()[0] == 0

    def test_all_maps_have_one_scale_with_one_bar(self):
        _, figure = drawn("region_metrics")
        norms = {(cells_of(axis).norm.vmin, cells_of(axis).norm.vmax) for axis in figure.axes[:4]}
        assert norms == {(1 / LARGEST, LARGEST)}
        assert len([axis for axis in figure.axes if axis.get_label() == "<colorbar>"]) == 1

    def test_no_strip_is_left_empty_above(self):
        _, figure = drawn("region_metrics")
        top = max(box.y1 for _, box in drawn_texts(figure))
        assert top > figure.bbox.height - 0.35 * figure.dpi

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

    def test_dots_mark_what_is_outside_of_the_range(self):
        table, figure = drawn("trainable_spectra")
        for axis, rows in self.panels(table, figure):
            values = rows["singular_value"]
            outside = rows[(values < 0.82) | (values > 0.98)]
            np.testing.assert_array_equal(
                axis.lines[4].get_xydata(), outside[["step", values.name]]
            )
            assert axis.lines[4].get_color() == EXCEPTION
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
        bars = [patch.get_width() for patch in figure.axes[0].patches]
        np.testing.assert_allclose(bars, table["fails_in"] / table["of"])
        assert texts_of(figure.axes[0]) == ["33 of 828", "6 of 156", "59 of 65", "0 of 312"]

    def test_each_statement_has_the_verdict_of_its_small_case(self):
        table, figure = drawn("counterexamples")
        verdicts = [line.get_marker() == "o" for line in figure.axes[0].lines]
        assert verdicts == table["holds"].tolist()
        assert legend_of(figure) == ["holds in its small case", "fails in its small case"]

    def test_bar_verdict_and_number_of_a_statement_stand_beside_its_words(self):
        table, figure = drawn("counterexamples")
        axis = figure.axes[0]
        names = [text.get_text().replace("\n", " ") for text in axis.get_yticklabels()]
        assert names == table["in_words"].str.strip().tolist()
        places = list(axis.get_yticks())
        assert [line.get_ydata()[0] for line in axis.lines] == places
        assert [text.get_position()[1] for text in axis.texts] == places
        middles = [bar.get_y() + bar.get_height() / 2 for bar in axis.patches]
        np.testing.assert_allclose(middles, places)

    def test_statements_are_listed_from_above(self):
        _, figure = drawn("counterexamples")
        assert figure.axes[0].get_ylim()[0] > figure.axes[0].get_ylim()[1] == 0

    def test_verdicts_that_were_written_and_read_are_the_same(self):
        table, figure = drawn("counterexamples")
        marks = [line.get_marker() for line in figure.axes[0].lines]
        again = draw("counterexamples", reread(table)).axes[0]
        assert [line.get_marker() for line in again.lines] == marks
