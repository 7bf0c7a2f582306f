"""What a page may do in a reader's browser: what it is made of, and nothing else."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable


def policy(scripts: Iterable[str] = (), style: str | None = None) -> str:
    """Return the content-security policy of a page that has its scripts and pictures inside.

    Whatever else a table or a config could bring into the page is not run, and what is run reaches
    neither a network nor another file.

    Parameters
    ----------
    scripts
        What stands between the tags of each script, character by character.
    style
        The same of the style; any style is allowed if None, for a script that writes its own.
    """
    allowed = {
        "default-src": ["'none'"],
        "connect-src": ["'none'"],
        "script-src": [_hash(script) for script in scripts] or ["'none'"],
        "style-src": ["'unsafe-inline'" if style is None else _hash(style)],
        "img-src": ["data:"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    return "; ".join(" ".join([what, *sources]) for what, sources in allowed.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
