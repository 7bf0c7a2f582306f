"""Tables as CSV that reads back as it was: numbers to the last bit, texts to the last letter.

A text may look like something else: a network may be called ``nan``, ``true`` or ``1.0``. So the
names of the columns that hold text stand in quotes, which means nothing to other readers of CSV.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from pandas.api.types import infer_dtype

from neural_spectra.errors import InputError


def write_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a CSV with 17 significant digits, the same bytes on every run.

    A number that is missing is written as ``nan``, a text that is missing as an empty one.
    """
    texts = [name for name, column in table.items() if infer_dtype(column) == "string"]
    heads = [f'"{name}"' if name in texts else str(name) for name in table]
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(heads) + "\n")
        table.fillna(dict.fromkeys(texts, "")).to_csv(
            file,
            header=False,
            index=False,
            float_format="%.17g",
            lineterminator="\n",
            na_rep="nan",
        )


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a CSV written by :func:`write_table` without losing a bit or a letter.

    In a column without quotes ``nan`` is a missing number, unless other cells there are text.

    Raises
    ------
    InputError
        If there is no such file or it holds no table.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            quoted = re.findall(r'"([^",]+)"', file.readline())
        table = pd.read_csv(
            path,
            dtype=dict.fromkeys(quoted, str),
            keep_default_na=False,
            na_values="nan",
            lineterminator="\n",
            low_memory=False,
        )
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such table; run the rule that writes it") from error
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a readable table ({error}); delete it and rerun") from error
    texts = [name for name in table if name in quoted or infer_dtype(table[name]) == "string"]
    return table.fillna(dict.fromkeys(texts, "nan"))
