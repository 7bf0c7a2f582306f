"""Changes to the shipped config files, wild ones and ordinary ones, from a fixed seed."""

import copy
import math
import random
from pathlib import Path

import yaml

from neural_spectra.config.whole_run import Settings

ROOT = Path(__file__).parents[2]
STUDIES = [
    name for name in Settings.model_fields if name not in ("studies", "device", "style", "own")
]
FILES = [str(ROOT / "config" / f"{name}.yaml") for name in ("config", *STUDIES, "own")]
SHIPPED = {
    key: value
    for file in FILES
    for key, value in yaml.safe_load(Path(file).read_text(encoding="utf-8")).items()
}
WILD = [
    None, True, "", "1e-9", "many", "$(rm -rf /); `id`", "../../etc", -1, 0, 10**30, -0.5, math.nan,
    math.inf, 1e-300, [], [[]], {}, {"a": 1}, [None], ["x", 1], b"bytes",
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


def changed(config, path, value):
    """Return a copy of a config with another value in one place."""
    config = copy.deepcopy(config)
    block_at(config, path[:-1])[path[-1]] = copy.deepcopy(value)
    return config


def mutations(shipped, count, seed=0):
    """Yield changed configs, each with what was changed."""
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


def ordinary_changes(shipped, count, seed=0):
    """Yield configs with one thing changed as a user might: a number, a switch, a shorter list."""
    generator = random.Random(seed)
    known = [
        path for path in places(shipped) if not isinstance(block_at(shipped, path), dict | str)
    ]
    for path in generator.sample(known, count):
        value = block_at(shipped, path)
        if isinstance(value, bool):
            value = not value
        elif isinstance(value, list):
            value = generator.sample(value, max(1, len(value) - 1))
        else:
            value *= generator.choice([2, 3, 5])
        yield ".".join(map(str, path)), changed(shipped, path, value)


def laid_over(old, new):
    """Return a config with another on top, as Snakemake merges them: a list replaces a list."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return old | {key: laid_over(old.get(key), value) for key, value in new.items()}
