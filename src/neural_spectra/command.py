"""The command ``neural-spectra analyse mine.safetensors``, which needs no checkout of the project.

Like the scripts of the workflow it stands above all rooms of the library: it loads, calls, saves.
"""

from __future__ import annotations

import argparse
import logging
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neural_spectra.config.checking import Style
from neural_spectra.config.given_network import FORMS, KINDS, network_given
from neural_spectra.config.own import what_is_understood
from neural_spectra.errors import in_one_sentence
from neural_spectra.workflow.code_hash import code_behind
from neural_spectra.workflow.records import checksum

if TYPE_CHECKING:
    from neural_spectra.studies.own.analysis import Analysis


def write_results(
    analysis: Analysis, folder: str | Path, made: Mapping[str, Any] | None = None
) -> Path:
    """Write all of an analysis into a folder: summary, tables, figures, and the page of them.

    Parameters
    ----------
    analysis
        What `neural_spectra.analyse` has returned.
    folder
        Where to; it is made if there is none.
    made
        What the network was read from and how it was analysed, for the page.

    Returns
    -------
    Path
        The page.

    Examples
    --------
    >>> import numpy as np, neural_spectra
    >>> step = neural_spectra.deep_map("tanh", [np.array([[0.0, -0.5], [0.5, 0.0]])])
    >>> analysis = neural_spectra.analyse(step, kind="map", settings={"scales": [1.0]})
    >>> neural_spectra.write_results(analysis, "step").as_posix()
    'step/index.html'
    """
    # Here, because the command says what it has read before it loads all this.
    from neural_spectra.figures.style import save
    from neural_spectra.page.page_of_network import page_of_network
    from neural_spectra.studies.own.table_names import FIGURES
    from neural_spectra.workflow.own_folder import write_analysis

    folder = Path(folder)
    write_analysis(analysis, folder, {**_made({}, {}), **(made or {})})
    (folder / "figures").mkdir(exist_ok=True)
    for name in FIGURES[analysis.answers["network"]["kind"]]:
        draw = import_module(f"neural_spectra.figures.own.{name}").draw
        figure = draw(analysis.tables[name], Style().model_dump())
        save(figure, *(folder / "figures" / f"{name}.{suffix}" for suffix in ("pdf", "png")))
    page = folder / "index.html"
    page.write_text(page_of_network(folder), encoding="utf-8")
    return page


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command.

    Raises
    ------
    SystemExit
        With one sentence, if the network cannot be analysed.
    """
    given = _parser().parse_args(arguments)
    # It finds the dates of fonts remarkable.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    for stream in (sys.stdout, sys.stderr):
        # Whatever the terminal cannot show.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    with in_one_sentence():
        name, network = network_given(
            given.file,
            kind=given.kind,
            activation=given.activation,
            form=given.form,
            name=given.name,
            output_activation=given.output_activation,
            seed=given.seed,
        )
        print(*what_is_understood({name: network}), sep="\n")
        settings = network.model_dump(exclude={"file"})
        with _clock(f"Analysing {name}"):
            from neural_spectra.studies.own.analyse import analyse

            analysis = analyse(network.file, name=name, **settings)
        made = _made(settings, {network.file: checksum(network.file)})
        with _clock("Drawing"):
            page = write_results(analysis, Path(given.results) / name, made)
    print(analysis.summary())
    print(f"Look at {page}.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="neural-spectra", description=__doc__.partition("\n")[0])
    command = parser.add_subparsers(required=True, metavar="analyse").add_parser(
        "analyse", help="analyse a network of your own"
    )
    command.add_argument("file", help="its weights, as safetensors; of a skew-rnn its matrix")
    command.add_argument("--as", dest="kind", help=f"what it is: {', '.join(KINDS)}")
    command.add_argument("--activation", help="σ, where the file does not tell")
    command.add_argument("--form", help=f"of a skew-rnn: {' or '.join(FORMS)}")
    command.add_argument(
        "--output-activation", action="store_true", help="of a map: σ follows its last layer, too"
    )
    command.add_argument("--seed", type=int, help="which of several networks in the file")
    command.add_argument("--name", help="of the folder of its results; after the file if left out")
    command.add_argument("--results", default="results/own", help="where that folder lies")
    return parser


def _made(settings: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, Any]:
    """Say what makes the results, as the records of the workflow do."""
    code = code_behind("studies.own.analyse")
    return {
        "rule": "neural-spectra analyse",
        "script": code["script"],
        "modules": code["modules"],
        "code": code["checksum"],
        "wildcards": {},
        "parameters": {"network": dict(settings)},
        "inputs": dict(inputs),
        "versions": code["versions"],
    }


@contextmanager
def _clock(what: str) -> Iterator[None]:
    """Say what is being done, and in a terminal for how long."""
    started, ended = time.monotonic(), threading.Event()

    def line() -> str:
        return f"{what}, {time.monotonic() - started:.0f} s"

    def tick() -> None:
        while not ended.wait(timeout=1.0):
            print(f"\r{line()}", end="", file=sys.stderr, flush=True)

    if sys.stderr.isatty():
        threading.Thread(target=tick, daemon=True).start()
    try:
        yield
    finally:
        ended.set()
        print("\r" * sys.stderr.isatty() + line(), file=sys.stderr)
