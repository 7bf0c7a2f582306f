"""The weight sets of Appendix D on disk: arrays for all seeds, and how each set was drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from safetensors import safe_open

from neural_spectra.errors import InputError
from neural_spectra.networks.weights_file_writing import write_weights


@dataclass(frozen=True)
class WeightSet:
    """The weights that the 12 models of one factorisation, range and depth share.

    Parameters
    ----------
    factorisation, variant, lambda_min, lambda_max, depth
        As in `structured_networks.Recipe`.
    weights, biases
        One network for each seed.
    """

    factorisation: str
    variant: str
    lambda_min: float | None
    lambda_max: float | None
    depth: int
    weights: Float[np.ndarray, "seeds layers out in"]
    biases: Float[np.ndarray, "seeds layers out"]

    @property
    def recipe(self) -> dict[str, Any]:
        """How it was drawn, in plain values."""
        names = ("factorisation", "variant", "lambda_min", "lambda_max", "depth")
        return {name: getattr(self, name) for name in names}


def write_weight_sets(
    path: str | Path,
    sets: Sequence[WeightSet],
    seeds: Sequence[int],
    provenance: Mapping[str, Any],
) -> None:
    """Write a safetensors file with ``set_0.weights``, ``set_0.biases`` and so on."""
    tensors = {}
    for number, weight_set in enumerate(sets):
        tensors[f"set_{number}.weights"] = weight_set.weights
        tensors[f"set_{number}.biases"] = weight_set.biases
    metadata = {
        "seeds": list(seeds),
        "recipes": [weight_set.recipe for weight_set in sets],
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
        return [
            WeightSet(
                **recipe,
                weights=file.get_tensor(f"set_{number}.weights")[places],
                biases=file.get_tensor(f"set_{number}.biases")[places],
            )
            for number, recipe in enumerate(json.loads(metadata["recipes"]))
        ]
