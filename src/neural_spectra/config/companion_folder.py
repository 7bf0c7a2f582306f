"""The companion paper's own networks, where a user has them in a folder."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import NamedTuple

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
    readable_file(f"{folder}/{SCALING}")
    try:
        networks = companion_networks(folder)
    except InputError as error:
        raise ValueError(str(error)) from None
    for network in networks:
        readable_file(network.file)
    return folder


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
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}: the columns set, epochs and MSE_V_mV2 are needed, with a word and two "
            f"numbers in each row ({error})"
        ) from None
