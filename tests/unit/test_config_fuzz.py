"""No change to the config files, however wild, ends in anything but a clear sentence."""

import copy
import math
import random
import re
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
import yaml

from neural_spectra.claims.entries import Claims
from neural_spectra.claims.quantities import columns_of
from neural_spectra.claims.verdicts import judge
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


def mutations(shipped, count, seed=0):
    """Yield changed configs, each with what was changed, from a fixed seed."""
    generator = random.Random(seed)
    known = list(places(shipped))
    for _ in range(count):
        config, path = copy.deepcopy(shipped), generator.choice(known)
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
    for place, kind, config in mutations(SHIPPED, 100, seed):
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


@pytest.mark.parametrize("study", STUDIES)
def test_mutated_claims_are_judged_or_refused_with_file_and_key(study):
    file = ROOT / f"config/claims/{study}.yaml"
    # What every column holds does not matter here.
    cells = defaultdict(lambda: [0.5, 1.0])
    refused = 0
    for place, kind, content in mutations(yaml.safe_load(file.read_text()), 100):
        try:
            claims = check(Claims, content, [str(file)]).claims
        except InputError as error:
            refused += 1
            lines = [line for line in str(error).splitlines() if "in the config" not in line]
            assert lines, (place, kind)
            assert all(f"{study}.yaml: " in line for line in lines), (place, kind, lines)
            continue
        number = re.match(r"claims\.(\d+)", place)
        for claim in claims[int(number[1]) :][:1] if number else ():
            with suppress(InputError):
                judge(claim, lambda name, claim=claim: table_for(claim, cells))
    assert refused > 30


def table_for(claim, cells):
    """Return a table that has every column that a claim reads."""
    names = {name for measure in claim.measures() for name in [*measure.where, *measure.by]}
    for measure in claim.measures():
        names |= set(columns_of(measure.value))
        if not isinstance(measure.reduce, str):
            names |= {name for part in measure.reduce.values() for name in columns_in(part)}
    return pd.DataFrame({name: cells[name] for name in sorted(names)})


def columns_in(part):
    return columns_of(part[0] if isinstance(part, list) else part)
