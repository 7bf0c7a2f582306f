"""The matrix of a recurrent network from a user's file: CSV, NPY without pickles, safetensors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from safetensors import safe_open

from neural_spectra.errors import InputError
from neural_spectra.networks.weights_header import shapes_and_metadata


def read_matrix(path: str | Path) -> Float[np.ndarray, "n n"]:
    """Read a square matrix: CSV, NPY or a safetensors file with one tensor.

    Parameters
    ----------
    path
        A file whose name ends in ``.csv`` (numbers without a header, or with one line of names),
        ``.npy`` or ``.safetensors``.

    Raises
    ------
    InputError
        If the file is none of these, or the matrix is not square or not finite.

    Examples
    --------
    >>> import numpy as np, neural_spectra
    >>> np.save("A.npy", np.array([[0.0, 1.0], [-1.0, 0.0]]))
    >>> neural_spectra.read_matrix("A.npy").shape
    (2, 2)
    """
    readers = {".csv": _matrix_of_csv, ".npy": _matrix_of_npy, ".safetensors": _only_tensor}
    suffix = Path(path).suffix.lower()
    if suffix not in readers:
        raise InputError(f"{path}: a matrix is read from .csv, .npy or .safetensors")
    if not Path(path).is_file():
        raise InputError(f"{path}: there is no such file; check the path")
    matrix = readers[suffix](Path(path))
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise InputError(f"{path}: an array of shape {matrix.shape} is no square matrix")
    if not (np.issubdtype(matrix.dtype, np.floating) or np.issubdtype(matrix.dtype, np.integer)):
        raise InputError(f"{path}: the matrix holds {matrix.dtype}; save it as float64")
    if not np.isfinite(matrix).all():
        row, column = np.argwhere(~np.isfinite(matrix))[0] + 1
        raise InputError(f"{path}: the number in row {row}, column {column} is not finite")
    return matrix.astype(np.float64)


def _matrix_of_csv(path: Path) -> np.ndarray:
    try:
        lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
        separator = next((mark for mark in ",;\t" if lines and mark in lines[0]), None)
        rows = [[cell.strip() for cell in line.split(separator)] for line in lines]
        if rows and not any(_is_number(cell) for cell in rows[0]):
            rows = rows[1:]
        for number, row in enumerate(rows, start=1):
            if len(row) != len(rows[0]):
                raise InputError(
                    f"{path}: row {number} has {len(row)} numbers, the first has {len(rows[0])}"
                )
        return np.array([[float(cell) for cell in row] for row in rows])
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{path}: {error}; a matrix is numbers only, one row a line") from error


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _matrix_of_npy(path: Path) -> np.ndarray:
    try:
        return np.asarray(np.load(path, allow_pickle=False))
    except (ValueError, EOFError, OSError) as error:
        raise InputError(
            f"{path}: not an array of numbers as numpy.save writes it, and what is pickled is "
            f"never opened ({error})"
        ) from error


def _only_tensor(path: Path) -> np.ndarray:
    names = list(shapes_and_metadata(path)[0])
    if len(names) != 1:
        raise InputError(f"{path}: holds the tensors {', '.join(names)}; a matrix's file holds one")
    with safe_open(path, framework="pt") as file:
        return np.asarray(file.get_tensor(names[0]).to(torch.float64).numpy())
