"""The settings of a whole run, and their JSON schema for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from neural_spectra.config.affine_maps import AffineMaps
from neural_spectra.config.checking import Listed, Model, Style
from neural_spectra.config.open_questions import OpenQuestions
from neural_spectra.config.own import Own
from neural_spectra.config.rnn import RecurrentNetworks
from neural_spectra.config.saturation import Saturation

SCHEMA = Path("workflow/schemas/config.schema.json")


class Settings(Model):
    """Everything that the config files say."""

    studies: Listed[Literal["saturation", "rnn", "affine_maps", "open_questions"]]
    device: Literal["cpu", "cuda"]
    style: Style
    saturation: Saturation
    rnn: RecurrentNetworks
    affine_maps: AffineMaps
    open_questions: OpenQuestions
    own: Own


if __name__ == "__main__":
    SCHEMA.write_text(Settings.schema_text(), encoding="utf-8")
