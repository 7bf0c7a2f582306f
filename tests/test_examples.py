"""The examples do what they say, each in a folder of its own."""

import json
import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"

# As for a user, who checks no types of arrays at every call.
pytestmark = pytest.mark.many_steps


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_the_notebook_trains_exports_analyses_and_finds_the_orbit(capsys):
    notebook = json.loads((EXAMPLES / "van_der_pol.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] for cell in cells)
    names = {}
    for cell in cells:
        exec("".join(cell["source"]), names)
    assert names["orbit"]["period"] == pytest.approx(6.6633, rel=0.01)
    assert min(names["orbit"]["ln_moduli"]) == pytest.approx(-7.059, rel=0.05)
    assert names["analysis"].answers["verified"] is True
    assert Path("results/own/van_der_pol/index.html").is_file()
    assert "Open results/own/van_der_pol/index.html in a browser." in capsys.readouterr().out


def test_the_script_learns_a_map_and_finds_its_chaos(capsys):
    names = runpy.run_path(str(EXAMPLES / "henon_map.py"))
    names["main"]()
    printed = capsys.readouterr().out
    largest = float(printed.partition("\nLyapunov exponent ")[2].split()[0])
    assert largest == pytest.approx(0.419, abs=0.03)
    assert Path("results/own/henon/index.html").is_file()
