"""Describe a finished run as a research object: ``make crate``.

It writes an RO-Crate of the profile Workflow Run Crate, from the records alone: the settings, the
files that went in and all that came out, with checksums, and the versions of the packages. Equal
runs have equal descriptions.
"""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from rocrate.model import ContextEntity, DataEntity, Entity
from rocrate.rocrate import ROCrate

from neural_spectra.errors import in_one_sentence
from neural_spectra.workflow.records import RESULTS, is_result, read_record, record_of
from neural_spectra.workflow.verification import verify

CRATE = Path("ro-crate-metadata.json")
# The record of the page lists every result; that of its text has the settings of the whole run.
PAGE = f"{RESULTS}/index.html"
MANIFEST, SETTINGS = Path(RESULTS, "index.json"), Path(RESULTS, "report", "page.json")
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
FORMATS = {
    ".safetensors": "application/octet-stream",
    ".parquet": "application/vnd.apache.parquet",
    ".smk": "text/plain",
    ".yaml": "application/yaml",
}


def describe() -> dict[str, Any]:
    """Return the description of the run in this folder, as JSON-LD.

    Raises
    ------
    InputError
        If the run is not complete, or a result is not what the run wrote.
    """
    verify([MANIFEST])
    manifest, settings = read_record(MANIFEST), read_record(SETTINGS)["parameters"]["config"]
    written = manifest["inputs"] | manifest["outputs"]
    records = {record_of(file) for file in written}
    told = [read_record(record) for record in sorted(records)]
    given = {file: digest for each in told for file, digest in each["inputs"].items()}
    given = {file: digest for file, digest in given.items() if not is_result(file)}
    crate, about = ROCrate(version="1.1"), _citation()
    crate.metadata.extra_terms["sha256"] = "https://w3id.org/ro/terms/workflow-run#sha256"
    workflow = _workflow(crate, about, (each["versions"] for each in told))
    action = crate.add_action(
        workflow,
        identifier="#run",
        object=[*_settings(crate, workflow, settings), *_files(crate, given)],
        result=_files(crate, written | {MANIFEST.as_posix(): None}),
        properties={
            "name": "The run that made all results",
            "description": "One run of the workflow, from its settings to the page of results.",
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )
    crate.get(PAGE)["exampleOfWork"] = workflow["output"]
    _root(crate, about, action)
    content: dict[str, Any] = crate.metadata.generate()
    return content


def _citation() -> dict[str, Any]:
    about: dict[str, Any] = yaml.safe_load(Path("CITATION.cff").read_text(encoding="utf-8"))
    return about


def _root(crate: ROCrate, about: Mapping[str, Any], action: Entity) -> None:
    """Say what the whole is, whose, and which papers it is about."""
    root = crate.root_dataset
    root["name"] = about["title"]
    root["description"] = "Every figure and table of the run, the ledger of claims, and weights."
    # Of the project's version, not of this moment: equal runs have equal descriptions.
    root["datePublished"] = about["date-released"].isoformat()
    root["conformsTo"] = [
        _context(crate, uri, "CreativeWork", name=name, version=uri.rsplit("/", 1)[1])
        for uri, name in PROFILES.items()
    ]
    licence = f"https://spdx.org/licenses/{about['license']}"
    root["license"] = _context(crate, licence, "CreativeWork", name=f"{about['license']} licence")
    address = about["repository-code"]
    whose = _context(crate, address, "Organization", name=about["authors"][0]["name"], url=address)
    root["author"] = root["publisher"] = action["agent"] = whose
    root["citation"] = [
        _context(
            crate,
            f"https://arxiv.org/abs/{paper['identifiers'][0]['value'].removeprefix('arXiv:')}",
            "ScholarlyArticle",
            name=paper["title"],
        )
        for paper in about["references"]
    ]
    root["mentions"] = action
    readme = crate.add_file(
        "README.md", "README.md", properties={"encodingFormat": "text/markdown"}
    )
    readme["about"] = root


def _workflow(
    crate: ROCrate, about: Mapping[str, Any], versions: Iterable[Mapping[str, str]]
) -> Entity:
    """Add the workflow, and the packages that the results were made with."""
    snakefile = "Snakefile"
    workflow = crate.add_workflow(snakefile, snakefile, main=True, lang="snakemake")
    used = dict(sorted({package: each[package] for each in versions for package in each}.items()))
    workflow["name"], workflow["version"] = "neural-spectra", about["version"]
    workflow["encodingFormat"], workflow["url"] = "text/plain", about["repository-code"]
    workflow["conformsTo"] = _context(
        crate, BIOSCHEMAS, "CreativeWork", name="ComputationalWorkflow", version="1.0-RELEASE"
    )
    packages = [(name, version, f"pkg:pypi/{name}@{version}") for name, version in used.items()]
    workflow["softwareRequirements"] = [
        _context(crate, uri, "SoftwareApplication", name=name, softwareVersion=version, url=uri)
        for name, version, uri in packages
    ]
    workflow["output"] = crate.add_formal_parameter(
        "page", "File", "#output-page", "The page of every figure, table and claim."
    )
    return workflow


def _settings(crate: ROCrate, workflow: Entity, settings: Mapping[str, Any]) -> list[Entity]:
    """Add the settings of the run, as the checked configuration has them, by their first key."""
    values = []
    for name, value in settings.items():
        slot = crate.add_formal_parameter(
            name, "PropertyValue", f"#input-{name}", "A key of the configuration, as JSON."
        )
        workflow.append_to("input", slot)
        text = json.dumps(value, sort_keys=True, ensure_ascii=False)
        entity = _context(crate, f"#{name}", "PropertyValue", name=name, value=text)
        entity["exampleOfWork"] = slot
        values.append(entity)
    return values


def _files(crate: ROCrate, files: Mapping[str, str | None]) -> list[DataEntity]:
    """Add files, each with its checksum where a record has one."""
    added = []
    for file, digest in sorted(files.items()):
        suffix = Path(file).suffix
        known = FORMATS.get(suffix) or mimetypes.guess_type(file)[0] or "text/plain"
        properties = {"name": file, "encodingFormat": known}
        if digest is not None:
            properties["sha256"] = digest
        added.append(crate.add_file(file, file, properties=properties))
    return added


def _context(crate: ROCrate, identifier: str, kind: str, **properties: str) -> Entity:
    entity: Entity = crate.add(
        ContextEntity(crate, identifier, properties={"@type": kind, **properties})
    )
    return entity


if __name__ == "__main__":
    with in_one_sentence():
        text = json.dumps(describe(), indent=1, ensure_ascii=False)
        CRATE.write_text(text + "\n", encoding="utf-8")
        print(f"{CRATE} describes the run.")
