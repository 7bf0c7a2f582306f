"""What ``config/own.yaml`` may say: networks of the user's own, each of which is analysed alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from neural_spectra.config.checking import Model, Name, Text
from neural_spectra.config.given_file import meant
from neural_spectra.config.rnn_planar import Form
from neural_spectra.config.size_limits import MOST_JOBS, at_most
from neural_spectra.errors import InputError
from neural_spectra.networks.reading import read_header, read_matrix

Kind = Literal["flow", "map", "skew-rnn"]


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
    form: Form | None = None  # of a skew-rnn

    def _check_together(self) -> None:
        if self.kind != "skew-rnn" and self.form is not None:
            raise ValueError(f"form is for kind: skew-rnn, not for a {self.kind}; leave it out")
        if self.kind == "skew-rnn" and self.activation is None:
            raise ValueError("a skew-rnn needs its activation; add activation: tanh, say")

    def require_header(self) -> None:
        """Make sure that the file holds such a network, as far as its header tells.

        Raises
        ------
        InputError
            With all that is wrong.
        """
        if self.kind == "skew-rnn":
            read_matrix(self.file)
        else:
            read_header(self.file, self.activation)


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


class Own(Model):
    """The networks to analyse, by the names of their folders in ``results/own``."""

    networks: Annotated[
        dict[Name, OwnNetwork],
        AfterValidator(at_most(MOST_JOBS, "jobs")),
        AfterValidator(_each_has_a_folder),
    ] = Field(default_factory=dict)


def require_headers(networks: Mapping[str, OwnNetwork]) -> None:
    """Make sure that every file holds what it is said to hold, before anything runs.

    Raises
    ------
    InputError
        With a line for each mistake in any of them.
    """
    complaints = []
    for network in networks.values():
        try:
            network.require_header()
        except InputError as error:
            complaints.append(str(error))
    if complaints:
        raise InputError("\n  ".join(complaints))
