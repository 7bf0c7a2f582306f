"""Where PyTorch computes: on the processor, or on a graphics card by CUDA.

The mathematics names no device. Inside `on_device` every new tensor, and every network read from a
file, lies on the chosen one; random numbers are drawn on the CPU
(`random_numbers_on_any_device`), and tables take their columns back from wherever they are
(`studies.tables`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch

from neural_spectra.errors import InputError


def require_device(name: str) -> None:
    """Make sure that a device is there.

    Raises
    ------
    InputError
        If PyTorch cannot compute on it.
    """
    if name == "cuda" and not torch.cuda.is_available():
        raise InputError(
            f"device = cuda, but PyTorch {torch.__version__} finds no CUDA device on this machine; "
            f"set device: cpu, or run on a machine with one and a PyTorch that is built for CUDA"
        )


@contextmanager
def on_device(name: str) -> Iterator[None]:
    """Create tensors on the device of that name, ``cpu`` or ``cuda``, until the block ends.

    Raises
    ------
    InputError
        If PyTorch cannot compute on it.
    """
    require_device(name)
    # torch's context would cost every operation a call of Python, also where it changes nothing.
    with nullcontext() if name == "cpu" else torch.device(name):
        yield
