"""What ``config/own.yaml`` may say: networks of the user's own, each of which is analysed alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import Listed, Model, Name, Positive, Seed, Text
from neural_spectra.config.given_file import meant
from neural_spectra.config.rnn_planar import Form
from neural_spectra.config.size_limits import MOST_JOBS, at_most
from neural_spectra.errors import InputError

Kind = Literal["flow", "map", "skew-rnn"]
Plane = Annotated[Listed[Annotated[int, Field(ge=1)]], Field(min_length=2, max_length=2)]


def readable_file(path: str) -> str:
    """Return the path of a file that can be read: from where the user stands, or from here.

    Raises
    ------
    ValueError
        If there is none, or Snakemake would take a part of its name for a wildcard.
    """
    if set(path) & set("{}") or not path.isprintable():
        raise ValueError(f"{path!r} holds braces or unprintable characters; rename the file")
    # A file may have a name that begins with the sign of the home folder.
    file = path if os.path.isfile(path) else meant(path, os.environ.get("USER_FOLDER", ""))
    if not os.path.isfile(file):
        raise ValueError(f"there is no file {file!r}; give the path of the network's weights")
    if not os.access(file, os.R_OK):
        raise ValueError(f"the file {file!r} may not be read; make it readable")
    return file


class OwnNetwork(Model):
    """Where the weights of a network are, and what it is."""

    file: Annotated[str, AfterValidator(readable_file)]
    kind: Kind = "flow"
    activation: Text | None = None  # needed where the file does not tell
    output_activation: bool = False  # of a map: whether σ follows its last layer, too
    form: Form | None = None  # of a skew-rnn
    seed: Seed | None = None  # of several networks in the file

    def _check_together(self) -> None:
        if self.kind != "skew-rnn" and self.form is not None:
            raise ValueError(f"form is for kind: skew-rnn, not for a {self.kind}; leave it out")
        if self.kind != "map" and self.output_activation:
            raise ValueError(
                f"output_activation is for kind: map, not for a {self.kind}; leave it out"
            )
        if self.kind == "skew-rnn" and self.activation is None:
            raise ValueError("a skew-rnn needs its activation; add activation: tanh, say")

    def understood(self) -> str:
        """Return in one line what the file holds, as far as its header tells.

        Raises
        ------
        InputError
            With all that is wrong.
        """
        # Imported here, because most runs have no network of the user's own.
        from neural_spectra.activations.activation_names import unscaled
        from neural_spectra.networks.weights_header import read_header

        if self.kind == "skew-rnn":
            from neural_spectra.networks.matrix_reading import read_matrix

            name = unscaled(self.activation or "")
            n = len(read_matrix(self.file))
            return f"a matrix of {n} × {n}, {self.form or 'sigma(A x)'}, {name}"
        return read_header(
            self.file,
            self.activation,
            kind=self.kind,
            output_activation=self.output_activation,
            seed=self.seed,
        ).understood


def _each_has_a_folder(networks: dict[str, OwnNetwork]) -> dict[str, OwnNetwork]:
    seen: dict[str, str] = {}
    for name in networks:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise ValueError(
                f"{other!r} and {name!r} are one folder where letters may be small or capital; "
                f"rename one of them"
            )
    return networks


class OwnSettings(Model):
    """What an analysis may cost, and where it looks; what is left out is as the analysis has it."""

    starts: Annotated[int, Field(ge=2, le=10_000)] | None = None  # trajectories or orbits followed
    seed: Seed | None = None
    evaluations: Annotated[int, Field(ge=1000, le=10_000_000)] | None = None  # of a flow's field
    cells: Annotated[int, Field(ge=2**10, le=2**22)] | None = None  # that one proof may look at
    turns: Annotated[float, Field(gt=0, le=1e5)] | None = None  # of a flow where nothing closes
    scales: Listed[Positive] | None = None  # of pre-activations at which everything is asked again
    plane: Plane | None = None  # the two coordinates, from 1 on, along which a map is drawn

    def of_kind(self, kind: Kind) -> dict[str, Any]:
        """Return those that were given and concern a kind of network."""
        of_all = self.model_dump(exclude_none=True)
        known = {
            "flow": {"starts", "seed", "evaluations", "cells", "turns", "scales"},
            "map": {"starts", "seed", "cells", "scales", "plane"},
            "skew-rnn": {"seed"},
        }
        return {name: value for name, value in of_all.items() if name in known[kind]}


class Own(Model):
    """The networks to analyse, by the names of their folders in ``results/own``."""

    networks: Annotated[
        dict[Name, OwnNetwork],
        AfterValidator(at_most(MOST_JOBS, "jobs")),
        AfterValidator(_each_has_a_folder),
    ] = Field(default_factory=dict)
    settings: OwnSettings = OwnSettings()


def what_is_understood(networks: Mapping[str, OwnNetwork]) -> list[str]:
    """Return a line for each network, before anything runs: what its file holds.

    Raises
    ------
    InputError
        With a line for each mistake in any of them.
    """
    understood, complaints = [], []
    for name, network in networks.items():
        try:
            understood.append(f"{name}: {network.kind}, {network.understood()}")
        except InputError as error:
            complaints.append(str(error))
    if complaints:
        raise InputError("\n  ".join(complaints))
    return understood
