"""Reading config files: YAML as plain data, and one sentence for everything else.

Snakemake reads the files that its command line names before anything here can look at them, and
runs what it finds there after ``__use_yte__: true``; so ``make figures CONFIG=my.yaml`` looks
first (`given_file`).
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import yaml

from neural_spectra.config.texts import seen
from neural_spectra.errors import InputError

# Snakemake takes this key, at the top of a file, as leave to evaluate expressions in it.
_CODE = "__use_yte__"
# Ten times as long and as deep as any file of ours.
_MOST_CHARACTERS, _MOST_LEVELS = 1_000_000, 50
# What YAML calls the kinds of plain data, each with the nodes that it is made of …
_KIND = "tag:yaml.org,2002:"
_SCALARS = dict.fromkeys(("bool", "float", "int", "null", "str"), yaml.ScalarNode)
_PLAIN: dict[str, type[yaml.Node]] = _SCALARS | {"map": yaml.MappingNode, "seq": yaml.SequenceNode}
# … and how it is written: numbers in decimal, which YAML takes in the bases 2, 8, 16 and 60 too.
_FORMS = {
    "bool": re.compile("(?i)yes|no|on|off|true|false"),
    "float": re.compile(r"(?ai)[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d+)?|[-+]?\.inf|\.nan"),
    "int": re.compile(r"(?a)[-+]?(0|[1-9][\d_]*)"),
    "null": re.compile("(?i)|~|null"),
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain data only, and no key that takes another one's place unseen."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Return the plain data in a node."""
        kind = node.tag.removeprefix(_KIND)
        if not isinstance(node, _PLAIN.get(kind, ())):
            raise _refusal(node, f"for plain data, to YAML it is '{kind}'; put text in quotes")
        if kind in _FORMS and not _FORMS[kind].fullmatch(node.value):
            raise _refusal(node, f"for '{kind}'; write numbers in decimal, text in quotes")
        if kind in ("float", "int") and not _is_float64(node.value):
            raise _refusal(node, "for a number of float64; write one that is not so far out")
        if kind == "str":
            try:
                seen(node.value)
            except ValueError as error:
                raise InputError(f", line {_line(node)}: {error}") from error
        return super().construct_object(node, deep)


def _refusal(node: yaml.Node, why: str) -> InputError:
    what = repr(node.value) if isinstance(node, yaml.ScalarNode) else "what begins here"
    return InputError(f", line {_line(node)}: is no plain YAML (could not take {what} {why})")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def _is_float64(number: str) -> bool:
    """Say whether a number in decimal digits neither overflows nor vanishes; or .inf, or .nan."""
    digits = number.replace("_", "").lower()
    if digits.endswith(("inf", "nan")):
        return True
    value, mantissa = float(digits), digits.partition("e")[0]
    return math.isfinite(value) and (value != 0 or set(mantissa) <= set("+-.0"))


def _block(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    seen_in: dict[str, int] = {}
    for key, _ in node.value:
        if key.tag != f"{_KIND}str":
            continue
        if key.value in seen_in:
            raise InputError(
                f", line {_line(key)}: the key {key.value!r} stands in line {seen_in[key.value]} "
                f"already; join the two"
            )
        seen_in[key.value] = _line(key)
    # From here on with the keys that are merged.
    loader.flatten_mapping(node)
    for key, _ in node.value:
        if key.tag != f"{_KIND}str":
            written = key.value if isinstance(key, yaml.ScalarNode) else "that begins here"
            raise InputError(
                f", line {_line(key)}: the key {written} is not text; put it in quotes"
            )
    return dict(loader.construct_mapping(node, deep=True))


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _block)


def read_config(path: str | Path) -> dict[str, Any]:
    """Read a config file.

    Raises
    ------
    InputError
        If there is no such file, or it is not a block of keys in YAML, each of them once.
    """
    try:
        text = _text(path)
        _require_room(text)
        content = _Loader(text).get_single_data()
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such config file; give its path") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not text in UTF-8; save it as that") from error
    except InputError as error:
        raise InputError(f"{path}{error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{path}, line {line}: is no plain YAML ({error.problem})") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path}: is no plain YAML ({' '.join(str(error).split())})") from error
    if not isinstance(content, dict) or not content:
        raise InputError(f"{path}: holds no block of keys; write `key: value`, or leave it away")
    if _CODE in content:
        raise InputError(
            f"{path}: {_CODE}: Snakemake would run code in this file; remove the key, a config "
            f"file is data"
        )
    return content


def _text(path: str | Path) -> str:
    with Path(path).open(encoding="utf-8") as file:
        text = file.read(_MOST_CHARACTERS + 1)
    if len(text) > _MOST_CHARACTERS:
        raise InputError(f": has more than {_MOST_CHARACTERS} characters; leave some out")
    return text


def _require_room(text: str) -> None:
    """Refuse what is too deep or, with its aliases written out, too long, before it is built."""
    size = 0
    # The size of what each anchor stands for, once it is complete.
    behind: dict[str | None, int] = {}
    within: list[tuple[str | None, int]] = []
    events = _Loader(text)
    while events.check_event():
        event = events.get_event()
        place = f", line {event.start_mark.line + 1}"
        match event:
            case yaml.ScalarEvent():
                behind[event.anchor] = 1 + len(event.value)
                size += behind[event.anchor]
            case yaml.AliasEvent():
                if event.anchor not in behind:
                    raise InputError(
                        f"{place}: is no plain YAML (*{event.anchor} stands for nothing before it)"
                    )
                size += behind[event.anchor]
            case yaml.CollectionStartEvent():
                behind.pop(event.anchor, None)
                within.append((event.anchor, size))
                size += 1
            case yaml.CollectionEndEvent():
                anchor, start = within.pop()
                behind[anchor] = size - start
        if len(within) > _MOST_LEVELS:
            raise InputError(
                f"{place}: is no plain YAML (more than {_MOST_LEVELS} blocks in each other)"
            )
        if size > _MOST_CHARACTERS:
            raise InputError(
                f"{place}: with every alias written out there are more than {_MOST_CHARACTERS} "
                f"characters up to here; leave some out"
            )
