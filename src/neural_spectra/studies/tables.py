"""Tables with what tells how good they are, how they are made, and how LaTeX shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from neural_spectra.studies.residuals import merged


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


def in_latex(
    table: pd.DataFrame, heads: Mapping[str, str], number: Callable[[Any], str] = str
) -> str:
    """Write a table for a LaTeX document that loads booktabs.

    Parameters
    ----------
    table
        The rows. In texts, what stands between $ signs is mathematics; all else is shown as it is.
    heads
        What LaTeX writes above a column, by its name; above others it writes the name.
    number
        Writes a real number in LaTeX.
    """
    headed = table.rename(columns=lambda name: heads.get(name, name.replace("_", " ")))
    numbers: dict[Any, Any] = dict.fromkeys(headed.select_dtypes("float"), number)
    shown = headed.style.hide(axis="index").format(numbers, na_rep="--", escape="latex-math")
    return str(shown.to_latex(hrules=True))


def as_array(values: Any) -> np.ndarray:
    """Return values as an array, those of a tensor from whatever device it lies on."""
    # Known by its method: the studies that need no torch must not import it here.
    return np.asarray(values.cpu() if hasattr(values, "cpu") else values)
