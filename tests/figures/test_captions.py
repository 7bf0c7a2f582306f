"""The captions of the report: one for each figure, filled from the config, valid markup."""

import copy
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from docutils.core import publish_parts
from drawings import TABLES
from jinja2 import Environment, StrictUndefined

ROOT = Path(__file__).parents[2]
CAPTIONS = ROOT / "workflow/report/saturation"
NAMES = [table.__name__ for table in TABLES]

every_caption = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def config():
    files = ("config/config.yaml", "config/saturation.yaml")
    merged = [yaml.safe_load((ROOT / file).read_text()) for file in files]
    return merged[0] | merged[1]


def render(name, config):
    """Fill a caption the way Snakemake's report does, and refuse a name that is not there."""
    environment = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    template = environment.from_string((CAPTIONS / f"{name}.rst").read_text())
    return template.render(snakemake=SimpleNamespace(config=config))


def html(text):
    return publish_parts(text, writer="html", settings_overrides={"halt_level": 2})["body"]


def test_every_figure_has_a_caption_and_every_caption_a_figure():
    assert sorted(NAMES) == sorted(file.stem for file in CAPTIONS.glob("*.rst"))


@every_caption
def test_it_is_valid_markup(name, config):
    assert "system-message" not in html(render(name, config))


@every_caption
def test_it_says_whether_the_paper_has_the_figure(name, config):
    text = render(name, config)
    papers = {
        "attenuation": 1,
        "phase_portraits": 2,
        "obstruction": 3,
        "multipliers_window": 4,
        "refined_bound": 5,
    }
    if name in papers:
        assert f"Regenerates Fig. {papers[name]} of Matzakos (2026)" in text
    else:
        assert "Not in the paper" in text


@every_caption
def test_it_names_our_choices(name, config):
    assert "Our choices:" in render(name, config)


@pytest.mark.parametrize(
    "name",
    [
        "phase_portraits",
        "obstruction",
        "multipliers_window",
        "refined_bound",
        "seed_spread",
        "sensitivity",
    ],
)
def test_it_says_that_the_reference_circle_is_no_orbit_of_the_network(name, config):
    assert "is not an orbit of f_s" in render(name, config)


@pytest.mark.parametrize("name", ["silu_converse", "yorke_limit"])
def test_it_says_that_its_orbits_are_the_networks_own(name, config):
    assert "The reference circle plays no part." in render(name, config)


@pytest.mark.parametrize(
    "name", ["attenuation", "phase_portraits", "multipliers_window", "refined_bound"]
)
def test_it_follows_the_config(name, config):
    changed = copy.deepcopy(config)
    changed["saturation"]["networks"]["of_my_own"] = {
        "method": "file",
        "weights": "weights.safetensors",
        "seeds": 1,
    }
    changed["saturation"][name]["network"] = "of_my_own"
    text = render(name, changed)
    assert "``of_my_own``" in text
    assert "ridge" not in text
    html(text)


def test_the_number_of_sampled_points_follows_the_config(config):
    changed = copy.deepcopy(config)
    changed["saturation"]["scale_sweep"]["points_level"] = 7
    assert "largest one at 128 points" in render("attenuation", changed)
