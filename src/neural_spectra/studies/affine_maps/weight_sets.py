"""The weight sets of Appendix D on disk: arrays for all seeds, and how each set was drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from safetensors import safe_open

from neural_spectra.errors import InputError
from neural_spectra.networks.weight_recipes import Recipe
from neural_spectra.networks.weights_file_writing import write_weights


@dataclass(frozen=True)
class WeightSet:
    """The weights that the 12 models of one factorisation, range and depth share.

    Parameters
    ----------
    recipe
        How they were drawn.
    weights, biases
        One network for each seed.
    """

    recipe: Recipe
    weights: Float[np.ndarray, "seeds layers out in"]
    biases: Float[np.ndarray, "seeds layers out"]

    def __getitem__(self, places: Sequence[int]) -> WeightSet:
        """Return the networks of some of the seeds, by their places."""
        return WeightSet(self.recipe, self.weights[places], self.biases[places])


def write_weight_sets(
    path: str | Path,
    sets: Sequence[WeightSet],
    seeds: Sequence[int],
    provenance: Mapping[str, Any],
) -> None:
    """Write a safetensors file with ``set_0.weights``, ``set_0.biases`` and so on.

    Parameters
    ----------
    path
        Where to write.
    sets, seeds
        The weight sets, and which seeds they are of.
    provenance
        What made them, as plain values.
    """
    tensors = {}
    for number, weight_set in enumerate(sets):
        tensors[f"set_{number}.weights"] = weight_set.weights
        tensors[f"set_{number}.biases"] = weight_set.biases
    metadata = {
        "seeds": list(seeds),
        "recipes": [asdict(weight_set.recipe) for weight_set in sets],
        "provenance": provenance,
    }
    texts = {name: json.dumps(value, sort_keys=True) for name, value in metadata.items()}
    write_weights(path, tensors, texts)


def read_weight_sets(path: str | Path, seeds: Sequence[int]) -> list[WeightSet]:
    """Read what `write_weight_sets` wrote, for some of its seeds.

    Raises
    ------
    InputError
        If the file lacks one of the seeds.
    """
    with safe_open(path, framework="np") as file:
        metadata = file.metadata()
        written = json.loads(metadata["seeds"])
        missing = sorted(set(seeds) - set(written))
        if missing:
            raise InputError(
                f"{path} has no weights of seed {missing[0]}, only of {written[0]} to "
                f"{written[-1]}: raise weights.seeds"
            )
        places = [written.index(seed) for seed in seeds]
        recipes = [Recipe(**recipe) for recipe in json.loads(metadata["recipes"])]
        return [
            WeightSet(
                recipe, file.get_tensor(f"set_{k}.weights"), file.get_tensor(f"set_{k}.biases")
            )[places]
            for k, recipe in enumerate(recipes)
        ]
