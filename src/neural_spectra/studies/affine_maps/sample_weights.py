"""Drawing the networks of Appendix D: the one module of the grid that needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from neural_spectra.networks.structured_networks import weight_sets
from neural_spectra.studies.affine_maps.grid_weights import WeightSet


def draw_weights(*, seeds: Sequence[int]) -> list[WeightSet]:
    """Draw the 69 weight sets of the paper's grid, each for every seed."""
    by_seed = [weight_sets(seed) for seed in seeds]
    return [
        WeightSet(
            **asdict(draws[0][0]),
            weights=np.stack([weights for _, weights, _ in draws]),
            biases=np.stack([biases for _, _, biases in draws]),
        )
        for draws in zip(*by_seed, strict=True)
    ]
