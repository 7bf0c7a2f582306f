"""The locale and the home of whoever runs the workflow change no byte of its results."""

import os
import subprocess
import sys

import pytest
import torch
import yaml
from copies import ROOT, end, environment, start
from safetensors.torch import save_file

TINY = ("--configfile", "config/ci.yaml", "--cores", 2)
# A locale that knows ASCII only, and no folder that is the user's own.
FOREIGN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
HOMELESS = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), "/proc/nowhere")
# What holds words: the ledger, the page with its captions, Snakemake's report; and a drawing.
WORDS = [
    *(f"claims/claims.{suffix}" for suffix in ("csv", "tex")),
    *("report/page.html", "claims/report/claims.html", "index.html", "rnn/figures/orbits.pdf"),
]


def test_a_foreign_locale_without_a_home_gives_the_same_bytes(workflow, finished):
    for file in WORDS:
        (workflow.results / file).unlink()
    targets = [f"results/{file}" for file in WORDS]
    run = start(workflow.folder, *TINY, "--", *targets, **FOREIGN, **HOMELESS)
    status, printed = end(run, workflow.folder)
    assert status == 0, printed
    assert "matplotlib" not in printed
    assert workflow.contents() == finished.contents()


def test_snakemakes_report_is_made_in_a_foreign_locale(shared):
    run = start(shared.folder, *TINY, "--report", "report.html", **FOREIGN, **HOMELESS)
    status, printed = end(run, shared.folder)
    assert status == 0, printed
    # The captions lie in it as JSON.
    assert r"Drgo\u0148a" in (shared.folder / "report.html").read_text(encoding="utf-8")


def test_the_ledger_is_printed_alike_in_a_foreign_locale(shared):
    command = [sys.executable, "-m", "snakemake", *map(str, TINY), "--", "claims"]
    printed = [
        subprocess.run(
            command, cwd=shared.folder, env=environment(**variables), stdout=-1, check=False
        ).stdout
        for variables in ({}, FOREIGN, {"PYTHONIOENCODING": "ascii"})
    ]
    assert "–".encode() in printed[0]
    assert printed[0] == printed[1] == printed[2]


def test_make_speaks_utf8_and_lends_a_home_to_who_has_none():
    show = 'show: ; @echo "$$PYTHONUTF8|$$PYTHONIOENCODING|$$HOME"'
    variables = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii"}
    command = ["make", f"--eval={show}", "show"]
    printed = subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    ).stdout
    assert printed == f"1||{ROOT}/.snakemake\n"


@pytest.fixture
def own(clean):
    """A configuration and weights of the user's own, with letters that ASCII has not."""
    clean.folder = clean.folder.rename(clean.folder.with_name("Übung_ξ"))
    identity, zero = torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    layers = {"layer_1.weight": identity, "layer_2.weight": -identity}
    layers |= {"layer_1.bias": zero, "layer_2.bias": zero.clone()}
    metadata = {"format": "neural-spectra", "version": "1", "activation": "tanh"}
    save_file(layers, clean.folder / "Zoë.safetensors", metadata)
    variants = {"free_32": {"größer": {"target": 1e-3}}}
    changes = {
        "own": {"networks": {"mine": {"file": "Zoë.safetensors"}}},
        "saturation": {"sensitivity": {"variants": variants}},
    }
    content = yaml.safe_dump(changes, allow_unicode=True)
    (clean.folder / "änderung.yaml").write_text(content, encoding="utf-8")
    return clean.folder


def test_files_and_labels_may_have_any_letters_in_a_foreign_locale(own):
    table = "results/saturation/parts/sensitivity/free_32/all.csv"
    files = [table, *(f"results/own/mine/{name}" for name in ("summary.json", "index.html"))]
    made = []
    for variables in ({}, FOREIGN):
        run = start(own, *TINY[:2], "änderung.yaml", *TINY[2:], "--", *files, **variables)
        status, printed = end(run, own)
        assert status == 0, printed
        made.append([(own / file).read_bytes() for file in files])
        for file in files:
            os.remove(own / file)
    assert "größer".encode() in made[0][0]
    assert made[0] == made[1]
