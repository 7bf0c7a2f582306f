"""The worked examples of the documentation, followed to the letter in a copy of the repository."""

import re
import shutil
import subprocess
import sys

import pytest
from copies import ROOT, copy_repository, end, plan, rules_in, start

PAGES = ("docs/extending.md", "docs/adding_a_study.md")
BLOCK = re.compile(
    r"""^```\w+ title=(["'])([^",\n]+)(?:, (above|below|instead of) ([^\n]+))?\1\n(.*?)^```$""",
    re.DOTALL | re.MULTILINE,
)
# Judges one claim of a file by the tables of the folder.
JUDGE = """
import sys
from pathlib import Path
from neural_spectra.claims.claim_files import read_claims
from neural_spectra.claims.judging import judge
from neural_spectra.claims.ledger import reader

_, file, name = sys.argv
claims = {claim.id: claim for claim in read_claims(file).claims}
print(judge(claims[name], reader(Path("results").glob("*/data/*.csv"))).verdict)
"""


def write(folder, name, side, line, text):
    """Do what a block of a page says."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = old.splitlines()
    assert not line or lines.count(line) == 1, f"{name}: the line {line!r}"
    new = {
        "above": f"{text}\n\n{line}\n",
        "below": f"{line}\n{text}",
        "instead of": text,
        "": old + text,
    }[side]
    if line:
        place = lines.index(line)
        before, after = lines[:place], lines[place + 1 :]
        new = "".join([*(f"{each}\n" for each in before), new, *(f"{each}\n" for each in after)])
    path.write_text(new, encoding="utf-8")


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    folder = copy_repository(tmp_path_factory.mktemp("extended") / "copy")
    for page in PAGES:
        for _, *block in BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
            write(folder, *block)
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_says_where_it_belongs(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert len(BLOCK.findall(text)) == text.count("```") / 2 > 9


def test_the_added_figures_are_drawn(extended):
    figures = ["results/rnn/figures/euler_growth.pdf", "results/decay/figures/shrinking.pdf"]
    status, printed = end(start(extended, "--cores", 1, "--", *figures), extended)
    assert status == 0, printed
    assert all((extended / figure).stat().st_size > 0 for figure in figures)
    for study, claim in (("rnn", "euler_growth_of_linear_networks"), ("decay", "euler_decays")):
        judged = subprocess.run(
            [sys.executable, "-c", JUDGE, f"config/claims/{study}.yaml", claim],
            cwd=extended,
            env={"PYTHONPATH": str(extended / "src"), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert judged.stdout.strip() == "reproduced", judged.stderr


def test_the_added_study_is_one_of_the_run(extended):
    rules = rules_in(plan(extended, "--forceall"))
    assert {"shrinking", "draw_shrinking", "euler_growth", "draw_euler_growth"} <= rules


def test_the_added_code_is_as_the_rest(extended):
    shutil.copy(ROOT / "pyproject.toml", extended)
    for check in (["ruff", "check"], ["ruff", "format", "--check"]):
        subprocess.run([sys.executable, "-m", *check, "."], cwd=extended, check=True)
    snakefmt = [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "workflow"]
    subprocess.run(snakefmt, cwd=extended, check=True)
