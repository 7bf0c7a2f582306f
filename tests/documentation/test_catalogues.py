"""What machines read of the repository: how to cite it, and what the workflow catalog shows.

The schema beside this file is the published one, https://citation-file-format.github.io/1.2.0/schema.json
(CC BY 4.0).
"""

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml
from copies import ROOT

from neural_spectra.workflow.table_of_figures import PAPERS

SCHEMA = json.loads(
    (Path(__file__).parent / "citation_file_format_1.2.0.json").read_text(encoding="utf-8")
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(name):
    """Read a file as its format says: dates are text."""
    content = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return json.loads(json.dumps(content, default=lambda date: date.isoformat()))


def mistakes(citation):
    validator = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    return [error.message for error in validator.iter_errors(citation)]


def test_the_citation_is_what_its_format_allows():
    assert mistakes(read("CITATION.cff")) == []


@pytest.mark.parametrize(
    "change", [{"autors": []}, {"license": "Mine"}, {"date-released": "November"}, {"authors": []}]
)
def test_a_citation_that_its_format_does_not_allow_is_noticed(change):
    assert mistakes(read("CITATION.cff") | change)


def test_the_citation_is_of_this_version_and_names_every_paper():
    citation = read("CITATION.cff")
    assert citation["version"] == PROJECT["version"]
    cited = {paper["identifiers"][0]["value"] for paper in citation["references"]}
    assert cited == {paper.split(", ")[-1] for paper in PAPERS.values()}


def test_the_changelog_begins_with_this_version():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", changes, re.MULTILINE)[0] == PROJECT["version"]


# https://snakemake.github.io/snakemake-workflow-catalog/docs/catalog.html


def test_the_workflow_catalog_finds_a_workflow():
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert "snakemake" in readme
    assert "workflow" in readme
    assert (ROOT / "Snakefile").exists()
    assert list((ROOT / "workflow/rules").glob("*.smk"))
    assert (ROOT / "config/README.md").exists()


def test_the_workflow_catalog_is_told_what_is_so():
    usage = read(".snakemake-workflow-catalog.yml")["usage"]
    assert set(usage) == {"mandatory-flags", "software-stack-deployment", "report"}
    rules = "".join(file.read_text("utf-8") for file in (ROOT / "workflow/rules").glob("*.smk"))
    deployment = usage["software-stack-deployment"]
    assert deployment["conda"] == ("conda:" in rules)
    assert deployment["apptainer"] == deployment["apptainer+conda"] == ("container:" in rules)
    assert usage["report"] == ("report(" in rules)
