"""A config that the check accepts is one that Snakemake can plan a run of."""

from itertools import islice

import pytest
import yaml
from changed_configs import SHIPPED, mutations, ordinary_changes
from copies import copy_repository, plan
from pydantic import ValidationError

from neural_spectra.config.whole_run import Settings


def is_accepted(config):
    try:
        Settings.model_validate(config)
    except ValidationError:
        return False
    return True


WILD = ((place, config) for place, kind, config in mutations(SHIPPED, 400, 1) if kind == "wild")
ORDINARY = ordinary_changes(SHIPPED, 60, 1)
SAMPLE = [
    *islice((change for change in WILD if is_accepted(change[1])), 4),
    *islice((change for change in ORDINARY if is_accepted(change[1])), 6),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return copy_repository(tmp_path_factory.mktemp("changed"))


@pytest.mark.parametrize(("place", "config"), SAMPLE, ids=[place for place, _ in SAMPLE])
def test_a_run_of_an_accepted_config_is_planned_without_a_traceback(place, config, folder):
    (folder / "changed.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert "Traceback" not in plan(folder, "--configfile", "changed.yaml")
