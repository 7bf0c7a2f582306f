"""The page of a user's network: sentences, figures, tables, how it was computed."""

import re
import struct
import zlib
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from neural_spectra.page.data_dictionary import read_dictionary
from neural_spectra.page.page_of_network import DICTIONARY, page_of_network
from neural_spectra.studies.own.analysis import Analysis
from neural_spectra.studies.own.table_names import FIGURES, TABLES
from neural_spectra.workflow.own_folder import write_analysis

DESCRIBED = read_dictionary(DICTIONARY)
MADE = {
    "rule": "analyse_flow",
    "inputs": {"<mine>.safetensors": "0" * 64},
    "versions": {"torch": "2.13.0"},
    "parameters": {"network": {"activation": "<b>tanh</b>"}},
}
SENTENCES = ["It has an orbit of period 6.66.", "δ < 1 & <script>alert(1)</script>"]


def png(width, height):
    """Return the bytes of a white picture."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def page(folder, kind="flow", empty=()):
    """Return the page of tables of two rows each, but for those that are empty."""
    names = {name: list(DESCRIBED[f"own/{name}"].columns) for name in TABLES[kind]}
    tables = {
        name: pd.DataFrame({column: [0.5] * (0 if name in empty else 2) for column in columns})
        for name, columns in names.items()
    }
    network = {"name": "mine", "kind": kind, "dimension": 2, "dtype": "float32"}
    network |= {"layers": [2, 16, 2], "activation": ["tanh"]}
    answers = {"network": network, "verified": None, "sentences": SENTENCES}
    residuals = {TABLES[kind][0]: {"shooting defect": 1e-9}}
    write_analysis(Analysis(answers, tables, residuals), folder, MADE)
    (folder / "figures").mkdir(exist_ok=True)
    for name in FIGURES[kind]:
        for suffix in ("png", "pdf"):
            (folder / f"figures/{name}.{suffix}").write_bytes(png(40, 20))
    return page_of_network(folder)


class Parsed(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("kind", TABLES)
def test_sentences_come_first_then_figures_then_tables_then_how_it_was_computed(kind, tmp_path):
    sections = [each["id"] for each in Parsed(page(tmp_path, kind)).all("section")]
    assert sections == ["answers", "figures", "tables", "computed"]


def test_what_the_user_has_written_is_shown_and_never_run(tmp_path):
    parsed = Parsed(page(tmp_path))
    assert parsed.all("script") == []
    assert SENTENCES[1] in parsed.text
    assert "<b>tanh</b>" in parsed.text
    assert "<mine>.safetensors" in parsed.text
    assert any("script-src 'none'" in each.get("content", "") for each in parsed.all("meta"))


@pytest.mark.parametrize("kind", TABLES)
def test_every_picture_is_inside_and_says_what_it_shows(kind, tmp_path):
    pictures = Parsed(page(tmp_path, kind)).all("img")
    assert len(pictures) == len(FIGURES[kind])
    for picture in pictures:
        assert picture["src"].startswith("data:image/png;base64,")
        assert (picture["width"], picture["height"]) == ("40", "20")
        assert len(picture["alt"]) > 5


def test_a_figure_of_nothing_and_the_rows_of_an_empty_table_are_left_out(tmp_path):
    name = FIGURES["flow"][0]
    parsed = Parsed(page(tmp_path, empty=[name]))
    assert f"figure-{name}" not in [each.get("id") for each in parsed.all("figure")]
    assert "0 rows" in parsed.text


@pytest.mark.parametrize("kind", TABLES)
def test_every_file_that_it_links_to_is_there(kind, tmp_path):
    links = [each["href"] for each in Parsed(page(tmp_path, kind)).all("a")]
    files = {link for link in links if not link.startswith("#")}
    assert {f"data/{name}.csv" for name in TABLES[kind]} <= files
    assert {file for file in files if not (tmp_path / file).is_file()} == set()


def test_it_names_nothing_outside_of_its_folder(tmp_path):
    assert re.findall(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:|//|/)", page(tmp_path)) == []


@pytest.mark.parametrize("kind", TABLES)
def test_every_figure_has_a_table_and_every_table_is_described(kind):
    assert set(FIGURES[kind]) <= set(TABLES[kind])
    for name in TABLES[kind]:
        about = DESCRIBED[f"own/{name}"]
        assert about.columns
        assert ". " in f"{about.text} "


def test_every_description_is_of_a_table():
    known = {f"own/{name}" for names in TABLES.values() for name in names}
    assert set(DESCRIBED) == known
    assert Path(DICTIONARY).suffix == ".md"
