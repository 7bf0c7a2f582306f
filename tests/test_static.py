"""What can be said about the workflow without running it."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from copies import copy_repository, plan, rules_in
from packaging.requirements import Requirement

from neural_spectra.config.checking import check
from neural_spectra.config.whole_run import Settings

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))
STUDIES = [
    name for name in Settings.model_fields if name not in ("studies", "device", "style", "own")
]
FILES = [f"{name}.yaml" for name in (*STUDIES, "own")]
RULES = sorted((ROOT / "workflow" / "rules").glob("*.smk"))
FOLDERS = (".ci", "benchmarks", "config", "docs", "profiles", "scripts", "src", "tests", "workflow")

# conda's name for a package, where pip has another one.
CONDA_NAMES = {
    "torch": "pytorch-cpu",
    "matplotlib": "matplotlib-base",
    "seaborn": "seaborn-base",
    "snakemake": "snakemake-minimal",
}


def test_snakemake_finds_nothing_to_criticise():
    lint = [sys.executable, "-m", "snakemake", "--lint"]
    run = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "in a good condition" in run.stderr


def test_the_default_configuration_needs_every_rule_but_those_for_networks_of_the_users_own(
    tmp_path,
):
    folder = copy_repository(tmp_path)
    rules = set(re.findall(r"^\w+$", plan(folder, "--list-rules"), re.MULTILINE))
    of_own = {"analyse_flow", "analyse_map", "analyse_skew_rnn", "draw_own", "page_of_network"}
    besides = {"all", "claims", "verify", *STUDIES, "analyse", *of_own}
    assert rules_in(plan(folder)) == rules - besides


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_is_short_and_leaves_the_work_to_the_library(script):
    text = script.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 25
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])
    assert imported <= {"importlib", "pathlib", "neural_spectra"}


@pytest.mark.parametrize("changes", [None, "ci.yaml"])
def test_the_settings_are_valid(changes):
    def merged(old, new):
        if not isinstance(old, dict) or not isinstance(new, dict):
            return new
        return old | {key: merged(old.get(key), value) for key, value in new.items()}

    files = [ROOT / "config" / name for name in ("config.yaml", *FILES, changes) if name]
    content = {}
    for file in files:
        content = merged(content, yaml.safe_load(file.read_text(encoding="utf-8")))
    check(Settings, content, list(map(str, files)))


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def dependencies(extra="dev"):
    """Return what the package and one of its extras need, as pip reads it."""
    listed = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"][extra]]
    return list(map(Requirement, listed))


def pins_of(*locks):
    """Return the versions that some files pin, by package; none may stand in two of them."""
    lines = [line for lock in locks for line in (ROOT / lock).read_text("utf-8").splitlines()]
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert len({pin.name.lower() for pin in pins}) == len(pins)
    return {pin.name.lower(): str(pin.specifier).removeprefix("==") for pin in pins}


def test_conda_and_pip_install_the_same_packages_in_the_same_ranges():
    conda = {}
    for line in yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))[
        "dependencies"
    ]:
        package, versions = line.split("::")[-1].split()
        conda[package] = set(versions.split(","))
    pip = {
        CONDA_NAMES.get(package.name, package.name): set(map(str, package.specifier))
        for package in dependencies()
    }
    assert conda == pip | {"python": {">=3.11"}}


@pytest.mark.parametrize(
    ("extra", "locks"),
    [
        ("dev", ["requirements.lock"]),
        ("docs", ["requirements.lock", "requirements-docs.lock"]),
    ],
)
def test_the_locks_pin_every_dependency_inside_its_range(extra, locks):
    pinned = pins_of(*locks)
    outside = {
        package.name: pinned.get(package.name)
        for package in dependencies(extra)
        if not package.specifier.contains(pinned.get(package.name, "0"), prereleases=True)
    }
    assert not outside


def files_of_the_repository():
    top = [file for file in ROOT.iterdir() if file.is_file()]
    below = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.is_file()]
    return [file for file in top + below if "__pycache__" not in file.parts]


def test_the_one_package_index_named_is_pytorchs_in_the_makefile():
    host = re.compile(
        r"https?://[\w.-]*(?:pypi|pythonhosted|pytorch|anaconda|conda|docker|ghcr|quay)[\w./-]*"
    )
    named = {
        (file.relative_to(ROOT).as_posix(), found)
        for file in files_of_the_repository()
        if file != Path(__file__)
        for found in host.findall(file.read_text(errors="replace", encoding="utf-8"))
    }
    assert named == {("Makefile", "https://download.pytorch.org/whl/cpu")}


def test_nothing_that_reads_files_can_run_what_they_hold():
    dangerous = re.compile(
        r"\b(?:import|from) (?:pickle|dill|joblib|marshal|shelve)\b|\btorch\.load\b"
        r"|\bread_pickle\b|allow_pickle(?!=False)|\byaml\.(?:load|unsafe_load|full_load)\b"
        r"|(?<![.\w])(?:eval|exec)\("
    )
    code = [*(ROOT / "src").rglob("*.py"), *SCRIPTS, *RULES, ROOT / "Snakefile"]
    found = {file.name: dangerous.findall(file.read_text(encoding="utf-8")) for file in code}
    assert not {name for name, matches in found.items() if matches}
