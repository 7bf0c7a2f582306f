"""A finished run as a research object: ``make crate``."""

import json
import shutil
import subprocess
import sys
from types import MappingProxyType

import pytest
from copies import ROOT, environment

from neural_spectra.workflow.records import checksum

pytest.importorskip("rocrate_validator", reason="make crate or make test installs it")

from rocrate.vocabs import RO_CRATE
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

# What the validator would fetch: the vocabulary, whose newest version rocrate brings along, with
# the names that version 1.1 has for four of its terms.
TERMS = {
    **RO_CRATE["@context"],
    **{
        name: f"https://bioschemas.org/{name}"
        for name in ("ComputationalWorkflow", "FormalParameter")
    },
    **{name: f"https://bioschemas.org/properties/{name}" for name in ("input", "output")},
}
# What equal runs can have no equal word for, and addresses of packages in an index.
LEFT_OUT = ("have an endTime in ISO 8601 format", "id SHOULD be an absolute URI")


class Vocabulary:
    """The answer of a web server that has the vocabulary."""

    status_code, ok, from_cache = 200, True, True
    headers = MappingProxyType({"Content-Type": "application/ld+json"})
    text = json.dumps({"@context": TERMS})
    content = text.encode()

    def json(self):
        return json.loads(self.text)

    def raise_for_status(self):
        pass


def describe(folder):
    """Describe the run in a folder, as ``make crate`` does."""
    for name in ("README.md", "CITATION.cff"):
        shutil.copy(ROOT / name, folder)
    return subprocess.run(
        [sys.executable, "-m", "neural_spectra.workflow.research_object"],
        cwd=folder,
        env=environment(PYTHONPATH=str(folder / "src")),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def crate(shared):
    run = describe(shared.folder)
    assert run.returncode == 0, run.stderr
    return shared.folder / "ro-crate-metadata.json"


@pytest.fixture(scope="module")
def entities(crate):
    graph = json.loads(crate.read_text(encoding="utf-8"))["@graph"]
    return {entity["@id"]: entity for entity in graph}


def issues(folder, monkeypatch):
    """Return what the validator has against a crate: required, and recommended, by severity."""
    monkeypatch.setattr(HttpRequester, "get", lambda *_, **__: Vocabulary(), raising=False)
    monkeypatch.setattr(HttpRequester, "head", lambda *_, **__: Vocabulary(), raising=False)
    settings = services.ValidationSettings(
        rocrate_uri=str(folder),
        profile_identifier="workflow-run-crate",
        requirement_severity=models.Severity.RECOMMENDED,
        offline=True,
    )
    found = services.validate(settings).get_issues()
    return [(issue.severity.name, issue.message) for issue in found]


@pytest.mark.filterwarnings("ignore")  # of the validator and of what it is built on
def test_a_run_meets_its_profile(crate, monkeypatch):
    found = issues(crate.parent, monkeypatch)
    assert not [message for _, message in found if not message.endswith(LEFT_OUT)]
    assert {severity for severity, _ in found} == {"RECOMMENDED"}


@pytest.mark.filterwarnings("ignore")
def test_a_crate_without_its_workflow_does_not_meet_the_profile(crate, monkeypatch, tmp_path):
    content = json.loads(crate.read_text(encoding="utf-8"))
    for entity in content["@graph"]:
        entity.pop("mainEntity", None)
    shutil.copytree(crate.parent / "results", tmp_path / "results")
    (tmp_path / crate.name).write_text(json.dumps(content), encoding="utf-8")
    assert "REQUIRED" in {severity for severity, _ in issues(tmp_path, monkeypatch)}


def test_it_names_every_result_with_its_checksum(shared, entities):
    results = {entity["@id"] for entity in entities["#run"]["result"]}
    shown = [*shared.results.glob("*/figures/*.pdf"), *shared.results.glob("*/data/*.csv")]
    assert {file.relative_to(shared.folder).as_posix() for file in shown} <= results
    for file in shown:
        found = entities[file.relative_to(shared.folder).as_posix()]
        assert found["sha256"] == checksum(file)


def test_it_has_the_settings_of_the_run(entities):
    # As config/ci.yaml says.
    assert json.loads(entities["#rnn"]["value"])["level_sets"]["points"] == 60


def test_described_again_it_is_the_same(shared, crate):
    before = crate.read_bytes()
    assert describe(shared.folder).returncode == 0
    assert crate.read_bytes() == before


def test_a_run_with_an_edited_result_is_not_described(workflow):
    edited = workflow.results / "rnn/data/orbits.csv"
    edited.write_text(edited.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run = describe(workflow.folder)
    assert run.returncode != 0
    assert "results/rnn/data/orbits.csv was changed after it was written" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (workflow.folder / "ro-crate-metadata.json").exists()
