"""Tables with what tells how good they are, how they are made, and how LaTeX shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from neural_spectra.studies.residuals import merged

# So that the numbers of a table fit into a column of 3.25 inches.
SMALL = "\\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}\n"


@dataclass(frozen=True)
class Computed:
    """A table and how good it is.

    Parameters
    ----------
    table
        The rows.
    residuals
        The largest magnitude of every residual, by name: what tells a reader how far to trust the
        numbers. Large has to mean bad, because of a table's parts the largest is kept.
    """

    table: pd.DataFrame
    residuals: Mapping[str, float] = field(default_factory=dict)


def joined(parts: Iterable[Computed], groups: Sequence[str] = ()) -> Computed:
    """Concatenate tables computed in parts; a residual is the largest over the parts.

    Parameters
    ----------
    parts
        Tables of the same columns.
    groups
        Columns whose rows of one value belong together, in the order in which the values appear,
        as if all parts had been computed at once.
    """
    parts = list(parts)
    table = pd.concat([part.table for part in parts], ignore_index=True)
    if groups:
        by = [pd.factorize(table[column])[0] for column in groups]
        table = table.iloc[np.lexsort(by[::-1])].reset_index(drop=True)
    return Computed(table, merged(part.residuals for part in parts))


def tabulated(
    axes: Mapping[str, Sequence[Any]], columns: Mapping[str, Any], **constants: Any
) -> pd.DataFrame:
    """Lay out arrays as rows, the last axis running fastest.

    Parameters
    ----------
    axes
        The values along each axis, by column name.
    columns
        Arrays or tensors whose shape is the length of each axis, or broadcasts to it.
    constants
        Columns with the same value in every row; they come first.
    """
    shape = tuple(len(values) for values in axes.values())
    grids = np.meshgrid(*(np.asarray(values) for values in axes.values()), indexing="ij")
    data = dict(constants)
    data |= {name: grid.ravel() for name, grid in zip(axes, grids, strict=True)}
    data |= {
        name: np.broadcast_to(as_array(values), shape).ravel() for name, values in columns.items()
    }
    return pd.DataFrame(data)


class Latex(NamedTuple):
    """How a table stands in a LaTeX document that loads booktabs and array.

    Parameters
    ----------
    label
        What the document refers to it by.
    caption
        In LaTeX.
    heads
        What stands above a column, by its name; above others it is the name.
    wide
        Whether it goes over both columns of a page, and not into one of them.
    widths
        Of columns with long texts, in parts of the page's width, by their names.
    """

    label: str
    caption: str
    heads: Mapping[str, str]
    wide: bool = False
    widths: Mapping[str, float] = {}


def in_latex(
    table: pd.DataFrame, look: Latex, number: Callable[[Any], str] = str, missing: str = "--"
) -> str:
    """Write a table for a LaTeX document, with its caption and its label.

    Parameters
    ----------
    table
        The rows. In texts, what stands between $ signs is mathematics; all else is shown as it is.
    look
        What the document has around the rows.
    number
        Writes a real number in LaTeX.
    missing
        What stands for one that is NaN.
    """
    sides = {name: "r" if is_numeric_dtype(table[name]) else "l" for name in table}
    sides |= {
        name: rf">{{\raggedright\arraybackslash}}p{{{width:g}\textwidth}}"
        for name, width in look.widths.items()
    }
    headed = table.rename(columns=lambda name: look.heads.get(name, name.replace("_", " ")))
    numbers: dict[Any, Any] = dict.fromkeys(headed.select_dtypes("float"), number)
    shown = headed.style.hide(axis="index").format(numbers, na_rep=missing, escape="latex-math")
    text = shown.to_latex(
        hrules=True,
        column_format="".join(sides.values()),
        caption=look.caption,
        label=f"tab:{look.label}",
        environment="table*" if look.wide else "table",
        position="tb",
        position_float="centering",
    )
    return str(text).replace("\\centering\n", SMALL)


def as_array(values: Any) -> np.ndarray:
    """Return values as an array, those of a tensor from whatever device it lies on."""
    # Known by its method: the studies that need no torch must not import it here.
    return np.asarray(values.cpu() if hasattr(values, "cpu") else values)
