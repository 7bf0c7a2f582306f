"""The captions of the report: one for each figure, filled from config and ledger, valid markup."""

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
from neural_spectra.claims.numbers_in_texts import SNAPSHOT
from neural_spectra.page.captions import numbers

ROOT = Path(__file__).parents[2]
CAPTIONS = ROOT / "workflow/report"
NAMES = list(DRAWINGS)
PAPERS = {
    "saturation": "Matzakos (2026)",
    "rnn": "Casoni et al. (2025)",
    "affine_maps": "Drgoňa et al. (2020)",
}
FIGURES = {
    "saturation/attenuation": 1,
    "saturation/phase_portraits": 2,
    "saturation/obstruction": 3,
    "saturation/multipliers_window": 4,
    "saturation/refined_bound": 5,
    "rnn/level_sets": 1,
    "rnn/orbits": 2,
    "rnn/non_odd_activations": 3,
    "rnn/spectral_response": 4,
    "rnn/euler_instability": 5,
    "affine_maps/activations": 1,
    "affine_maps/attractors_by_weights": 2,
    "affine_maps/regions_by_activation": 3,
    "affine_maps/bias": 4,
    "affine_maps/depth": 5,
    "affine_maps/attractor_types": 6,
    "affine_maps/attractor_regions": 7,
    "affine_maps/attractor_spectra": 8,
}

CLAIMS = {study: read_claims(ROOT / f"config/claims/{study}.yaml").claims for study in PAPERS}
WITH_CLAIMS = sorted({claim.figure for claims in CLAIMS.values() for claim in claims} - {None})

every_caption = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def config():
    names = ("config", *PAPERS)
    files = [(ROOT / "config" / f"{name}.yaml").read_text() for name in names]
    settings = {key: value for text in files for key, value in yaml.safe_load(text).items()}
    return settings | {"numbers": numbers(ROOT / SNAPSHOT)}


def render(name, config):
    """Fill a caption the way Snakemake's report does, and refuse a name that is not there."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    filled = environment.from_string(template(name))
    return filled.render(snakemake=SimpleNamespace(config=config))


def template(name):
    return (CAPTIONS / f"{name}.rst").read_text()


def used(text):
    """The claims whose numbers a template gives, each with what it gives of it."""
    return re.findall(r"numbers\.(\w+)\.(\w+)", text)


def html(text):
    return publish_parts(text, writer="html", settings_overrides={"halt_level": 2})["body"]


def test_every_figure_has_a_caption_and_every_caption_a_figure():
    captions = [f"{file.parent.name}/{file.stem}" for file in CAPTIONS.rglob("*.rst")]
    assert sorted(NAMES) == sorted(captions)


@every_caption
def test_it_is_valid_markup(name, config):
    assert "system-message" not in html(render(name, config))


@every_caption
def test_it_says_whether_the_paper_has_the_figure(name, config):
    text = render(name, config)
    if name in FIGURES:
        paper = PAPERS[name.split("/")[0]]
        assert f"Regenerates Fig. {FIGURES[name]} of {paper}" in text
    else:
        assert "Not in the paper" in text


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


@pytest.mark.parametrize("name", ["saturation/silu_converse", "saturation/yorke_limit"])
def test_it_says_that_its_orbits_are_the_networks_own(name, config):
    assert "The reference circle plays no part." in render(name, config)


@pytest.mark.parametrize(
    "figure", ["attenuation", "phase_portraits", "multipliers_window", "refined_bound"]
)
def test_it_follows_the_config(figure, config):
    changed = copy.deepcopy(config)
    changed["saturation"]["networks"]["of_my_own"] = {
        "method": "file",
        "weights": "weights.safetensors",
        "seeds": 1,
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
    shown = {claim.id for claims in CLAIMS.values() for claim in claims if claim.figure == name}
    paragraph = template(name).partition("What came out")[2].partition("Our choices:")[0]
    assert {claim for claim, _ in used(paragraph)} & shown


@pytest.mark.parametrize("name", [name for name in NAMES if used(template(name))])
def test_its_numbers_follow_the_ledger(name, config):
    for claim, part in used(template(name)):
        changed = copy.deepcopy(config)
        changed["numbers"][claim][part] = "of another run"
        assert "of another run" in html(render(name, changed))
