"""The worked example of docs/extending.md, followed to the letter in a copy of the repository."""

import re
import shutil
import subprocess
import sys

import pytest
from copies import ROOT, copy_repository, end, start

BLOCK = re.compile(
    r'^```\w+ title="([^",]+)(?:, (above|below) ([^"]+))?"\n(.*?)^```$', re.DOTALL | re.MULTILINE
)
# Judges one claim of a file by the tables of the folder.
JUDGE = """
import sys
from pathlib import Path
from neural_spectra.claims.claim_files import read_claims
from neural_spectra.claims.judging import judge
from neural_spectra.claims.ledger import reader

claims = {claim.id: claim for claim in read_claims("config/claims/rnn.yaml").claims}
print(judge(claims[sys.argv[1]], reader(Path("results").glob("*/data/*.csv"))).verdict)
"""


def write(folder, name, side, line, text):
    """Do what a block of the page says."""
    path = folder / name
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    assert not line or old.count(f"{line}\n") == 1, f"{name}: the line {line!r}"
    new = {"above": f"{text}\n\n{line}\n", "below": f"{line}\n{text}", "": old + text}[side]
    path.write_text(old.replace(f"{line}\n", new) if line else new, encoding="utf-8")


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    folder = copy_repository(tmp_path_factory.mktemp("extended") / "copy")
    page = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    for block in BLOCK.findall(page):
        write(folder, *block)
    return folder


def test_the_page_has_a_block_for_every_file_that_it_adds():
    page = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    assert len(BLOCK.findall(page)) == page.count("```") / 2 == 10


def test_the_places_that_a_study_is_added_to_exist():
    page = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    places = re.findall(r"`([\w./]+/[\w./<>]*)`", page.partition("## A study")[2])
    found = [place.replace("<study>", "rnn") for place in places]
    package = ROOT / "src/neural_spectra"
    assert len(found) > 10
    assert not [name for name in found if not ((ROOT / name).exists() or (package / name).exists())]


def test_the_added_figure_is_drawn_and_its_claim_reproduced(extended):
    figure = "results/rnn/figures/euler_growth.pdf"
    status, printed = end(start(extended, "--cores", 1, "--", figure), extended)
    assert status == 0, printed
    assert (extended / figure).stat().st_size > 0
    judged = subprocess.run(
        [sys.executable, "-c", JUDGE, "euler_growth_of_linear_networks"],
        cwd=extended,
        env={"PYTHONPATH": str(extended / "src"), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert judged.stdout.strip() == "reproduced", judged.stderr


def test_the_added_code_is_formatted_as_the_rest(extended):
    shutil.copy(ROOT / "pyproject.toml", extended)
    for check in (["check"], ["format", "--check"]):
        subprocess.run([sys.executable, "-m", "ruff", *check, "."], cwd=extended, check=True)
