"""The companion paper's own networks, where a user has them in a folder."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from neural_spectra.config.given_file import meant
from neural_spectra.config.own import readable_file
from neural_spectra.errors import InputError

SCALING, ERRORS = "scaling.json", "published_errors.csv"


class CompanionNetwork(NamedTuple):
    """A network of the companion paper: its neuron, its training, its file, its error in mV²."""

    set: str
    epochs: int
    file: str
    published: float


def complete_folder(path: str) -> str:
    """Return the path of a folder with everything that `companion_networks` tells of.

    Raises
    ------
    ValueError
        If a file is not there or not what it should be.
    """
    folder = path if os.path.isdir(path) else meant(path, os.environ.get("USER_FOLDER", ""))
    if not os.path.isdir(folder):
        raise ValueError(f"there is no folder {folder!r}; give that of the companion's networks")
    try:
        networks, scaling = companion_networks(folder), companion_scaling(folder)
    except InputError as error:
        raise ValueError(str(error)) from None
    for network in networks:
        readable_file(network.file)
        if network.set not in scaling:
            raise ValueError(f"{folder}/{SCALING} says nothing of the set {network.set!r}; add it")
    return folder


def companion_scaling(folder: str) -> dict[str, dict[str, Any]]:
    """Read the ranges of t, V and N that stand for [0, 1], and the number of samples, by set.

    Raises
    ------
    InputError
        If the file is no JSON, or lacks something.
    """
    path = readable_file(f"{folder}/{SCALING}")
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
        return {
            name: {
                **{key: [float(end) for end in ranges[key][:2]] for key in ("t", "V", "N")},
                "samples": int(ranges["samples"]),
            }
            for name, ranges in read.items()
        }
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise InputError(
            f"{path}: for each set the ranges t, V and N, two numbers each, and samples are needed"
        ) from None


def companion_networks(folder: str) -> list[CompanionNetwork]:
    """List the networks in the order of the file of published errors.

    Raises
    ------
    InputError
        If that file lacks a column, or holds something else than numbers.
    """
    path = Path(readable_file(f"{folder}/{ERRORS}"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    try:
        return [
            CompanionNetwork(
                row["set"],
                int(row["epochs"]),
                f"{folder}/{row['set']}_{int(row['epochs'])}.safetensors",
                float(row["MSE_V_mV2"]),
            )
            for row in rows
        ]
    except (KeyError, TypeError, ValueError):
        raise InputError(
            f"{path}: the columns set, epochs and MSE_V_mV2 are needed, with a word and two "
            f"numbers in each row"
        ) from None
