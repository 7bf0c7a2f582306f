"""The contact sheet: each picture once, below its name."""

import numpy as np
import pytest
from drawings import STYLE
from matplotlib.image import imsave

from neural_spectra.figures.contact_sheet import COLUMNS, draw


@pytest.fixture
def pictures(tmp_path):
    def saved(count):
        files = [tmp_path / f"figure_{k}.png" for k in range(count)]
        for k, file in enumerate(files):
            imsave(file, np.full((60, 80, 4), [k / count, 0, 0, 1]))
        return files

    return saved


@pytest.mark.parametrize("count", [1, COLUMNS, 2 * COLUMNS + 1])
def test_each_picture_stands_below_its_name(pictures, count):
    figure = draw(pictures(count), STYLE)
    shown = {axis.get_title(): axis.images[0] for axis in figure.axes if axis.images}
    assert list(shown) == [f"figure_{k}" for k in range(count)]
    for k, picture in enumerate(shown.values()):
        np.testing.assert_allclose(picture.get_array()[..., 0], k / count, atol=1 / 255)


def test_it_is_as_wide_as_a_page_and_grows_by_rows(pictures):
    heights = [draw(pictures(count), STYLE).get_figheight() for count in (COLUMNS, COLUMNS + 1)]
    assert heights[1] == 2 * heights[0]
    assert draw(pictures(2), STYLE).get_figwidth() == STYLE["double_column"]
