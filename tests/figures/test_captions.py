"""The captions of the report, filled from config, ledger and table of figures; and that table."""

import ast
import copy
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils.core import publish_parts
from every import DRAWINGS
from jinja2 import Environment, StrictUndefined

from neural_spectra.claims.claim_files import read_claims
from neural_spectra.page.captions import numbers
from neural_spectra.page.data_dictionary import read_dictionary
from neural_spectra.page.readme_blocks import FIGURES_PAGE, SNAPSHOT, figures_block
from neural_spectra.studies.affine_maps.table_1 import PAPER_FIGURES
from neural_spectra.workflow.table_of_figures import figures_of, read_figures

ROOT = Path(__file__).parents[2]
CAPTIONS = ROOT / "workflow/report"
# Those of a user's network stand in the page's own words about its tables.
NAMES = [name for name in DRAWINGS if not name.startswith("own/")]
PAPERS = {
    "saturation": "Matzakos (2026)",
    "rnn": "Casoni et al. (2025)",
    "affine_maps": "Drgoňa et al. (2020)",
    "open_questions": "Matzakos (2026)",
}
# How many figures each paper has.
COUNTS = {"saturation": 5, "rnn": 5, "affine_maps": 8, "open_questions": 0}
FIGURES = read_figures()

CLAIMS = {study: read_claims(ROOT / f"config/claims/{study}.yaml").claims for study in PAPERS}
WITH_CLAIMS = sorted(
    {name for claims in CLAIMS.values() for claim in claims for name in claim.figures}
)

every_caption = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def config():
    names = ("config", *PAPERS)
    files = [(ROOT / "config" / f"{name}.yaml").read_text(encoding="utf-8") for name in names]
    settings = {key: value for text in files for key, value in yaml.safe_load(text).items()}
    openings = {name: figure.opening for name, figure in FIGURES.items()}
    return settings | {"numbers": numbers(ROOT / SNAPSHOT), "figures": openings}


def render(name, config):
    """Fill a caption the way Snakemake's report does, and refuse a name that is not there."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    filled = environment.from_string(template(name))
    return filled.render(snakemake=SimpleNamespace(config=config))


def template(name):
    return (CAPTIONS / f"{name}.rst").read_text(encoding="utf-8")


def used(text):
    """The claims whose numbers a template gives, each with what it gives of it."""
    return re.findall(r"numbers\.(\w+)\.(\w+)", text)


def html(text):
    return publish_parts(text, writer="html", settings_overrides={"halt_level": 2})["body"]


# The table of figures.


def test_every_figure_has_a_row_and_a_caption_and_every_row_and_caption_a_figure():
    captions = [f"{file.parent.name}/{file.stem}" for file in CAPTIONS.rglob("*.rst")]
    assert sorted(NAMES) == sorted(captions) == sorted(FIGURES)


@pytest.mark.parametrize("study", COUNTS)
def test_the_figures_of_a_paper_come_first_each_once_and_in_order(study):
    numbers = [figure.figure for figure in figures_of(study)]
    papers = [f"Fig. {k + 1}" for k in range(COUNTS[study])]
    assert numbers == papers + [""] * (len(numbers) - len(papers))


def said_first(text):
    """The figure of the paper that a description begins with, if it does."""
    found = re.match(r"(Fig\. \d+)[:.,]", text)
    return found[1] if found else ""


def docstring(file):
    return ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))


@every_caption
def test_its_module_begins_with_its_figure_of_the_paper(name):
    module = ROOT / f"src/neural_spectra/figures/{name}.py"
    assert said_first(docstring(module)) == FIGURES[name].figure


@every_caption
def test_whatever_else_begins_with_a_figure_of_the_paper_names_the_same_one(name):
    described = read_dictionary(ROOT / "docs/data_dictionary.md")[name].text
    script = ROOT / f"scripts/{name}.py"
    said = {said_first(described), said_first(docstring(script)) if script.exists() else ""}
    assert said - {""} <= {FIGURES[name].figure}


@pytest.mark.parametrize("name", PAPER_FIGURES)
def test_the_papers_table_names_the_figures_of_the_table(name):
    assert int(FIGURES[f"affine_maps/{name}"].figure[-1]) in {
        int(number) for number in re.findall(r"\d", PAPER_FIGURES[name])
    }


def test_what_a_figure_shows_is_one_plain_line():
    for figure in FIGURES.values():
        assert figure.shows.strip(" .") == figure.shows != ""
        assert not set(figure.shows) & set("\n|`$"), figure


def test_the_documentation_lists_the_figures_of_the_table():
    assert figures_block() in (ROOT / FIGURES_PAGE).read_text(encoding="utf-8")


# The captions.


@every_caption
def test_it_is_valid_markup(name, config):
    assert "system-message" not in html(render(name, config))


@every_caption
def test_it_begins_with_what_the_figure_shows_and_whether_the_paper_has_it(name, config):
    figure, paper = FIGURES[name], PAPERS[name.split("/")[0]]
    origin = f"Regenerates {figure.figure} of {paper}" if figure.figure else "Not in the paper"
    assert render(name, config).strip().startswith(f"**{figure.shows}.** {origin}")


@every_caption
def test_it_names_our_choices(name, config):
    assert "Our choices:" in render(name, config)


@pytest.mark.parametrize(
    "name",
    [
        "saturation/phase_portraits",
        "saturation/obstruction",
        "saturation/multipliers_window",
        "saturation/refined_bound",
        "saturation/seed_spread",
        "saturation/sensitivity",
    ],
)
def test_it_says_that_the_reference_circle_is_no_orbit_of_the_network(name, config):
    assert "is not an orbit of f_s" in render(name, config)


@pytest.mark.parametrize(
    "name",
    [
        "saturation/silu_converse",
        "saturation/yorke_limit",
        "saturation/slow_clock",
        "saturation/certified_cycles",
    ],
)
def test_it_says_that_its_orbits_are_the_networks_own(name, config):
    assert "The reference circle plays no part." in render(name, config)


@pytest.mark.parametrize(
    "figure", ["attenuation", "phase_portraits", "multipliers_window", "refined_bound"]
)
def test_it_follows_the_config(figure, config):
    changed = copy.deepcopy(config)
    changed["saturation"]["networks"]["of_my_own"] = {
        "method": "adam",
        "activation": "tanh",
        "hidden": [8],
        "seeds": 1,
        "steps": 10,
        "learning_rate": 0.01,
    }
    changed["saturation"][figure]["network"] = "of_my_own"
    text = render(f"saturation/{figure}", changed)
    assert "``of_my_own``" in text
    assert "ridge" not in text
    html(text)


def test_the_number_of_sampled_points_follows_the_config(config):
    changed = copy.deepcopy(config)
    changed["saturation"]["scale_sweep"]["points_level"] = 7
    assert "largest one at 128 points" in render("saturation/attenuation", changed)


@every_caption
def test_its_numbers_are_those_of_claims_of_its_own_paper(name):
    ids = {claim.id for claim in CLAIMS[name.split("/")[0]]}
    assert {claim for claim, _ in used(template(name))} <= ids


@pytest.mark.parametrize("name", WITH_CLAIMS)
def test_it_says_what_came_out_of_a_claim_that_it_shows(name):
    shown = {claim.id for claims in CLAIMS.values() for claim in claims if name in claim.figures}
    paragraph = template(name).partition("What came out")[2].partition("Our choices:")[0]
    assert {claim for claim, _ in used(paragraph)} & shown


@pytest.mark.parametrize("name", [name for name in NAMES if used(template(name))])
def test_its_numbers_follow_the_ledger(name, config):
    for claim, part in used(template(name)):
        changed = copy.deepcopy(config)
        changed["numbers"][claim][part] = "of another run"
        assert "of another run" in html(render(name, changed))
