"""The network that ``make analyse NETWORK=mine.safetensors`` means, as a config file.

Prints the path of that file, if the network can be read.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import yaml

from neural_spectra.config.own import Kind, OwnNetwork, readable_file, what_is_understood
from neural_spectra.config.rnn_planar import Form
from neural_spectra.config.yaml_files import read_config
from neural_spectra.errors import InputError, in_one_sentence, look_up

FILE = Path(".snakemake/given_network.yaml")
KINDS: dict[str, Kind] = {"flow": "flow", "map": "map", "skew-rnn": "skew-rnn"}
FORMS: dict[str, Form] = {"sigma(A x)": "sigma(A x)", "A sigma(x)": "A sigma(x)"}
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


def network_given(
    file: str,
    *,
    kind: str | None = None,
    activation: str | None = None,
    form: str | None = None,
    name: str | None = None,
    output_activation: bool = False,
    seed: int | None = None,
) -> tuple[str, OwnNetwork]:
    """Return the name and the settings of a network that a command names.

    Parameters
    ----------
    file
        The path of its weights.
    kind, activation, form
        What it is; a flow, as the file says and σ(A x) if left out.
    output_activation, seed
        Of a map, whether σ follows its last layer; and which of several networks in the file.
    name
        The folder of its results; after the file if left out.

    Raises
    ------
    InputError
        If one of these cannot be.
    """
    try:
        path = readable_file(file)
        network = OwnNetwork(
            file=path,
            kind=look_up("kind of network", kind or "flow", KINDS),
            activation=activation or None,
            form=look_up("form", form, FORMS) if form else None,
            output_activation=output_activation,
            seed=seed,
        )
    except InputError:
        raise
    except ValueError as error:
        raise InputError(_first_line(error)) from error
    return _folder(name or name_after(path)), network


def name_after(path: str) -> str:
    """Return the name of a file's network: its stem in letters, digits, ``_`` and ``-``."""
    return re.sub("[^A-Za-z0-9_-]+", "_", Path(path).stem).strip("_-")[:64] or "network"


def _folder(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InputError(
            f"{name!r} is no name of a network: it becomes a folder, so take letters, digits, _ "
            f"and - (at most 64)"
        )
    return name


def write_config(name: str, network: OwnNetwork, others: str) -> None:
    """Write the config file that has this network in it.

    Parameters
    ----------
    others
        The path of the config file beside it; empty if there is none.

    Raises
    ------
    InputError
        If there is a network of that name already.
    """
    own = read_config(others).get("own") if others else None
    there = own.get("networks") if isinstance(own, dict) else None
    if isinstance(there, dict) and name in there:
        raise InputError(f"{others}: there is a network {name!r} already; give another NAME")
    settings = network.model_dump(exclude_none=True)
    FILE.parent.mkdir(exist_ok=True)
    content = yaml.safe_dump({"own": {"networks": {name: settings}}}, allow_unicode=True)
    FILE.write_text(content, encoding="utf-8")


def _first_line(error: ValueError) -> str:
    """Return what is wrong, of pydantic's errors the first."""
    errors = getattr(error, "errors", None)
    return (errors()[0]["msg"] if errors else str(error)).removeprefix("Value error, ")


if __name__ == "__main__":
    given = os.environ
    with in_one_sentence():
        if not given["NETWORK"]:
            raise InputError(
                "make analyse: say which network, by NETWORK=mine.safetensors or by a config, "
                "CONFIG=my.yaml, with own.networks in it"
            )
        name, network = network_given(
            given["NETWORK"],
            kind=given["AS"],
            activation=given["ACTIVATION"],
            form=given["FORM"],
            name=given["NAME"],
        )
        what_is_understood({name: network})
        write_config(name, network, others=given["CONFIG"])
        print(FILE)
