"""Checked settings: what a config file may say, and one clear line for everything it may not.

Snakemake merges the config files and hands over one mapping; :func:`check` turns it into frozen
models. Every mistake is reported at once, each with its file, key, value and remedy.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from neural_spectra.config.size_limits import (
    LARGEST,
    MOST_CURVES,
    MOST_ENTRIES,
    MOST_PANELS,
    at_most,
    each_once,
    not_tiny,
)
from neural_spectra.config.texts import drawable, tabulated
from neural_spectra.config.yaml_files import read_config
from neural_spectra.errors import InputError, did_you_mean, printable

T = TypeVar("T")

# Of the mistakes in a file: a list of a million entries can hold as many.
MOST_TOLD = 20

Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False), AfterValidator(not_tiny)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
Finite = Annotated[float, Field(ge=-LARGEST, le=LARGEST, allow_inf_nan=False)]
# Below 1e-14 lies the rounding of a step.
Tolerance = Annotated[float, Field(ge=1e-14, le=0.1)]
# As many steps of training, or points, or replicates take a job hours or gigabytes; what counts
# imply together is held against ``size_limits``.
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Seeds = Annotated[int, Field(ge=1, le=10_000)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
# Lists with each entry once: any, those that a panel draws as curves, and those with a panel each.
Listed = Annotated[
    list[T],
    Field(min_length=1),
    AfterValidator(at_most(MOST_ENTRIES, "places in a list")),
    AfterValidator(each_once),
]
Curves = Annotated[Listed[T], AfterValidator(at_most(MOST_CURVES, "colours in the figure"))]
Panels = Annotated[Listed[T], AfterValidator(at_most(MOST_PANELS, "panels in the figure"))]
# Names become parts of paths: no character that a path, a shell or a wildcard gives a meaning to.
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$")]
# Any text that can be read where it is written, and any that can be drawn as well.
Text = Annotated[str, AfterValidator(tabulated)]
Label = Annotated[Text, AfterValidator(drawable)]


class Model(BaseModel):
    """A block of settings: no unknown keys, no silent conversion, no change after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    def _check_together(self) -> None:
        """Refuse settings that are wrong only together, by a ValueError."""

    @model_validator(mode="after")
    def _is_consistent(self) -> Model:
        self._check_together()
        return self

    @classmethod
    def schema_text(cls) -> str:
        """Return the JSON schema of such a block, for editors."""
        return json.dumps(cls.model_json_schema(), indent=1, ensure_ascii=False) + "\n"


M = TypeVar("M", bound=Model)


class Sweep(Model):
    """Values from ``start`` to ``stop``, both included, and those in ``always``."""

    start: Positive
    stop: Positive
    count: Annotated[int, Field(ge=1, le=MOST_ENTRIES)]
    spacing: Literal["linear", "logarithmic"]
    always: Annotated[
        list[Positive],
        AfterValidator(at_most(MOST_ENTRIES, "places in a list")),
        AfterValidator(each_once),
    ] = []

    def _check_together(self) -> None:
        if self.stop < self.start:
            raise ValueError(f"stop = {self.stop} lies below start = {self.start}; swap them")

    def values(self) -> list[float]:
        """Return the values in rising order, each once."""
        space = np.linspace if self.spacing == "linear" else np.geomspace
        # Twelve digits: 14.999999999999998 and an explicit 15.0 are the same value.
        grid = [float(f"{value:.12g}") for value in space(self.start, self.stop, self.count)]
        return sorted({*grid, *self.always})


def seed_chunks(seeds: int, seeds_per_job: int) -> list[str]:
    """Cut the seeds 0, 1, … into jobs, such as "0-15", "16-31" and "32-39"."""
    starts = range(0, seeds, seeds_per_job)
    return [f"{start}-{min(start + seeds_per_job, seeds) - 1}" for start in starts]


class Style(Model):
    """How every figure looks; changing it redraws figures and recomputes nothing."""

    # Legends are a point smaller, and a figure of many rows stays below 2^16 dots and 1 GB.
    font_size: Annotated[float, Field(ge=4, le=24)] = 8.0
    dots_per_inch: Annotated[int, Field(ge=50, le=600)] = 200
    single_column: Annotated[float, Field(ge=2, le=10)] = 3.25
    double_column: Annotated[float, Field(ge=4, le=15)] = 6.75


def check(
    model: type[M],
    config: Mapping[str, Any],
    files: Sequence[str],
    given: Mapping[str, Any] | None = None,
) -> M:
    """Turn a merged config into the frozen settings ``model``.

    Parameters
    ----------
    model
        What the config has to be.
    config
        The mapping merged from all ``files``, and then from ``given``.
    files
        The config files in the order in which they were merged; the last one that sets a key is
        named when that key is wrong.
    given
        What ``--config`` has set on the command line.

    Raises
    ------
    InputError
        With one line for each mistake.
    """
    try:
        return model.model_validate(config)
    except ValidationError as error:
        sources: dict[str, Any] = {file: read_config(file) for file in files}
        if given:
            sources["--config"] = given
        found = error.errors()
        told = [printable(_explain(each, model, config, sources)) for each in found[:MOST_TOLD]]
    raise InputError(
        f"{len(found)} mistake{'s' * (len(found) > 1)} in the config:\n  "
        + "\n  ".join(dict.fromkeys(told))
        + " …" * (len(found) > MOST_TOLD)
    )


def _explain(
    mistake: ErrorDetails,
    model: type[Model],
    config: Mapping[str, Any],
    sources: Mapping[str, Any],
) -> str:
    # pydantic's mark for a mistake in a key itself.
    wrong_key = mistake["loc"][-1:] == ("[key]",)
    location = mistake["loc"][:-1] if wrong_key else mistake["loc"]
    keys, known = _resolve(location, model, config)
    latest_first = list(sources.items())[::-1]
    source = next(
        (name for wanted in (keys, keys[:-1]) for name, x in latest_first if _holds(x, wanted)),
        "config",
    )
    place = f"{source}: {'.'.join(map(str, keys)) or 'the whole file'}"
    value = mistake["input"]
    match mistake["type"]:
        case "extra_forbidden":
            hint = did_you_mean(str(keys[-1]), known)
            return f"{place}: unknown key; allowed here: {', '.join(known)}{hint}"
        case "union_tag_invalid":
            found = f"{mistake['ctx']['tag']!r}; should be {mistake['ctx']['expected_tags']}"
            return f"{place}.{mistake['ctx']['discriminator'].strip(chr(39))} = {found}"
        case "union_tag_not_found":
            return f"{place}.{mistake['ctx']['discriminator'].strip(chr(39))}: missing; add it"
        case "missing":
            return f"{place}: this key is missing; add it"
        case "float_type" | "int_type" | "float_parsing" if isinstance(value, str):
            return f"{place} = {value!r} is text, not a number{_number_hint(value)}"
        case "value_error":
            return f"{place}: {mistake['msg'].removeprefix('Value error, ')}"
        case "string_pattern_mismatch":
            return f"{place}: {value!r} is no name: take letters, digits, _ and - (at most 64)"
        case "too_short":
            return f"{place} is empty: give at least {mistake['ctx']['min_length']}"
        case "model_type" | "model_attributes_type" | "dict_type" | "list_type":
            kind = "a list" if mistake["type"] == "list_type" else "a block of keys"
            return f"{place} = {value!r}: should be {kind}"
        case _:
            wanted = mistake["msg"].removeprefix("Input should be ")
            choices = str(mistake.get("ctx", {}).get("expected", ""))
            hint = did_you_mean(str(value), re.findall(r"'([^']+)'", choices))
            subject = f"{place}: this key" if wrong_key else f"{place} = {value!r}:"
            return f"{subject} should be {wanted}{hint}"


def _number_hint(value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return ""
    if not math.isfinite(number):
        return ""
    written = f"{number!r}" if "e" not in f"{number!r}" else f"{number:.1e}"
    return f"; YAML reads it as text, write {written}"


def _resolve(
    location: Iterable[int | str], model: Any, value: Any
) -> tuple[list[int | str], list[str]]:
    """Return the keys of ``location`` as the file has them, and the keys allowed beside the last.

    pydantic puts the tag of a union's member into its locations; the file has no such key.
    """
    keys: list[int | str] = []
    known: list[str] = []
    for part in location:
        model = _member(model, value)
        if isinstance(model, type) and issubclass(model, BaseModel):
            known = list(model.model_fields)
            if part not in known and isinstance(value, Mapping) and part not in value:
                continue
            field = model.model_fields.get(str(part))
            model = field.rebuild_annotation() if field else Any
        else:
            model = (get_args(model) or (Any,))[-1]
        keys.append(part)
        value = _inside(value, part)
    return keys, known


def _member(model: Any, value: Any) -> Any:
    """Strip annotations and choose the member of a union that ``value`` names."""
    if get_origin(model) is Annotated:
        if get_origin(get_args(model)[0]) in (list, dict):
            return get_args(model)[0]
        options = get_args(get_args(model)[0]) or (get_args(model)[0],)
        tag = next(
            (info.discriminator for info in get_args(model)[1:] if hasattr(info, "discriminator")),
            None,
        )
        if tag and isinstance(value, Mapping):
            for option in options:
                if value.get(str(tag)) in get_args(option.model_fields[str(tag)].annotation):
                    return option
        return options[0] if len(options) == 1 else get_args(model)[0]
    return model


def _inside(value: Any, key: int | str) -> Any:
    if isinstance(value, Mapping):
        return value.get(key)
    if isinstance(value, list) and isinstance(key, int) and key < len(value):
        return value[key]
    return None


def _holds(content: Any, keys: Sequence[int | str]) -> bool:
    for key in keys:
        known = range(len(content)) if isinstance(content, list) else content
        if not isinstance(content, list | Mapping) or key not in known:
            return False
        content = _inside(content, key)
    return True
