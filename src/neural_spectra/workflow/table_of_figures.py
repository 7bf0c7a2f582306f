"""The table of figures, ``workflow/figures.csv``: what each shows, and which of its paper it is."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

TABLE = Path(__file__).parents[3] / "workflow" / "figures.csv"
# The paper of each study.
PAPERS = {
    "saturation": "Matzakos (2026), arXiv:2604.00543",
    "rnn": "Casoni et al. (2025), arXiv:2504.13951",
    "affine_maps": "Drgoňa et al. (2020), arXiv:2011.13492",
    "open_questions": "Matzakos (2026), arXiv:2604.00543",
}


class Figure(NamedTuple):
    """A row of the table.

    Parameters
    ----------
    study
        The study that draws it.
    name
        The stem of its module, caption, table and files.
    figure
        Which figure of the study's paper it is, such as "Fig. 3"; empty for one of our own.
    shows
        What it shows, in a line: its title.
    """

    study: str
    name: str
    figure: str
    shows: str

    @property
    def opening(self) -> str:
        """How its caption begins, up to a full stop or to what the caption adds."""
        paper = f"Regenerates {self.figure} of {PAPERS[self.study]}"
        return f"**{self.shows}.** {paper if self.figure else 'Not in the paper'}"


def read_figures(table: str | Path = TABLE) -> dict[str, Figure]:
    """Return all figures by ``study/name``, in the order in which a reader meets them."""
    with Path(table).open(encoding="utf-8", newline="") as file:
        figures = [Figure(**row) for row in csv.DictReader(file)]
    return {f"{figure.study}/{figure.name}": figure for figure in figures}


def figures_of(study: str) -> list[Figure]:
    """Return the figures of one study, in the order in which a reader meets them."""
    return [figure for figure in read_figures().values() if figure.study == study]
