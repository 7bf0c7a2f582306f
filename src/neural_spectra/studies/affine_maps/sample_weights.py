"""Drawing the networks of Appendix D: the one module of its grid that needs torch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from neural_spectra.networks.structured_networks import draw_weights
from neural_spectra.networks.weight_recipes import APPENDIX_D
from neural_spectra.studies.affine_maps.weight_sets import WeightSet


def sample_weights(*, seeds: Sequence[int]) -> list[WeightSet]:
    """Draw the 69 weight sets of `APPENDIX_D`, each for every seed from a generator of its own."""
    sets = []
    for place, recipe in enumerate(APPENDIX_D):
        drawn = []
        for seed in seeds:
            state = np.random.SeedSequence([seed, place]).generate_state(1, np.uint64)
            generator = torch.Generator().manual_seed(int(state[0]))
            drawn.append(draw_weights(recipe, 2, generator))
        sets.append(WeightSet(recipe, *map(np.stack, zip(*drawn, strict=True))))
    return sets
