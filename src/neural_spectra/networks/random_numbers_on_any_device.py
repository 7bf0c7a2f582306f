"""Random numbers that are the same on every device.

Each is drawn where its generator is, on the CPU, and then brought to the device that tensors are
created on: generators of different devices give different numbers for the same seed.
"""

from __future__ import annotations

import torch
from torch import Tensor


def uniform(generator: torch.Generator, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
    """Draw from U(low, high)."""
    numbers = torch.empty(*shape, dtype=torch.float64, device=generator.device)
    return numbers.uniform_(low, high, generator=generator).to(torch.get_default_device())


def normal(generator: torch.Generator, *shape: int) -> Tensor:
    """Draw from N(0, 1)."""
    numbers = torch.randn(*shape, dtype=torch.float64, device=generator.device, generator=generator)
    return numbers.to(torch.get_default_device())
