"""What in a configuration is not as in the default one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def differences(default: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """Return every setting that differs, as ``saturation.training.seeds: 32 → 4``.

    Parameters
    ----------
    default, config
        Blocks of settings within blocks; what only one of them has is told as well.
    """
    before, after = dict(_flat(default)), dict(_flat(config))
    names = dict.fromkeys([*before, *after])
    return [
        f"{name}: {_told(before, name)} → {_told(after, name)}"
        for name in names
        if before.get(name) != after.get(name) or (name in before) != (name in after)
    ]


def _flat(block: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in block.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _told(settings: Mapping[str, Any], name: str) -> str:
    return str(settings[name]) if name in settings else "none"
