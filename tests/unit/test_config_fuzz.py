"""No change to the config files, however wild, ends in anything but a clear sentence."""

import copy
import math
import random
from pathlib import Path

import pytest
import yaml

from neural_spectra.config import check
from neural_spectra.errors import InputError
from neural_spectra.studies.settings import Settings

ROOT = Path(__file__).parents[2]
STUDIES = [name for name in Settings.model_fields if name not in ("studies", "device", "style")]
FILES = [str(ROOT / "config" / f"{name}.yaml") for name in ("config", *STUDIES)]
SHIPPED = {
    key: value for file in FILES for key, value in yaml.safe_load(Path(file).read_text()).items()
}
WILD = [
    None, True, "", "1e-9", "many", "$(rm -rf /); `id`", "../../etc", -1, 0, 10**30, -0.5, math.nan,
    math.inf, [], [[]], {}, {"a": 1}, [None], ["x", 1], b"bytes",
]  # fmt: skip


def places(block, path=()):
    """Yield the path to every key and list item."""
    items = block.items() if isinstance(block, dict) else enumerate(block)
    for key, value in items:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def block_at(config, path):
    for key in path:
        config = config[key]
    return config


def mutations(count, seed=0):
    """Yield changed configs, each with what was changed, from a fixed seed."""
    generator = random.Random(seed)
    known = list(places(SHIPPED))
    for _ in range(count):
        config, path = copy.deepcopy(SHIPPED), generator.choice(known)
        parent = block_at(config, path[:-1])
        kind = generator.choice(["wild", "wild", "unknown", "missing"])
        value = copy.deepcopy(generator.choice(WILD))
        if kind == "unknown" and isinstance(parent, dict):
            parent[f"{path[-1]}x"] = value
        elif kind == "missing" and isinstance(parent, dict):
            del parent[path[-1]]
        else:
            parent[path[-1]] = value
        yield ".".join(map(str, path)), kind, config


@pytest.mark.parametrize("seed", range(4))
def test_a_mutated_config_is_valid_or_refused_with_file_and_key(seed):
    refused = 0
    for place, kind, config in mutations(100, seed):
        try:
            check(Settings, config, FILES)
        except InputError as error:
            refused += 1
            lines = [line for line in str(error).splitlines() if "in the config" not in line]
            assert lines, (place, kind)
            top = place.split(".")[0]
            for line in lines:
                assert ".yaml: " in line, (place, kind, line)
                assert top in line, (place, kind, line)
                assert "Traceback" not in line
    assert refused > 50
