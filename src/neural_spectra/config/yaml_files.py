"""Reading config files: YAML as plain data, and one sentence for everything else.

``python -m neural_spectra.config.yaml_files my.yaml`` checks that a file can be read. Snakemake
reads the files that its command line names before anything here can look at them, and runs what it
finds there after ``__use_yte__: true``; so ``make figures CONFIG=my.yaml`` checks first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from neural_spectra.errors import InputError, in_one_sentence

# Snakemake takes this key, at the top of a file, as leave to evaluate expressions in it.
_CODE = "__use_yte__"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Plain data only, and no key that takes another one's place unseen."""


def _block(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    keys = [key for key, _ in node.value]
    seen: dict[Any, int] = {}
    for key in keys:
        if key.tag == "tag:yaml.org,2002:merge":
            continue
        name = loader.construct_object(key, deep=True)
        line = key.start_mark.line + 1
        if not isinstance(name, str):
            written = key.value if isinstance(key, yaml.ScalarNode) else name
            raise InputError(f", line {line}: the key {written} is not text; put it in quotes")
        if name in seen:
            raise InputError(
                f", line {line}: the key {name!r} stands in line {seen[name]} already; join the two"
            )
        seen[name] = line
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
        content = _Loader(Path(path).read_text(encoding="utf-8")).get_single_data()
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
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{path}: is no plain YAML ({' '.join(str(error).split())})") from error
    if not isinstance(content, dict) or not content:
        raise InputError(f"{path}: holds no block of keys; write `key: value`, or leave it away")
    if _CODE in content:
        raise InputError(
            f"{path}: {_CODE}: Snakemake would run code in this file; remove the key, a config "
            f"file is data"
        )
    return content


if __name__ == "__main__":
    with in_one_sentence():
        read_config(sys.argv[1])
