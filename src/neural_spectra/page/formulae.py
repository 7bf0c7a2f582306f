"""What people write in one line, C_W δ^q or 1e-3, as they would set it."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from neural_spectra.claims.numbers_as_text import readable

# One letter, which no longer word or name ends in, with a subscript of up to three signs.
_SUBSCRIPT = re.compile(r"(?<![\w])([A-Za-zΑ-Ωα-ω]\u0303?)_(\{[^{}]+\}|[A-Za-z0-9]{1,3}(?![\w]))")
_POWER = re.compile(r"(?<=[\wΑ-Ωα-ω)])\^(\{[^{}]+\}|[−-]?[A-Za-z0-9]+)")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?e[+-]?\d+(?![\w])")


def with_formulae(text: str) -> Markup:
    """Return text for HTML, with subscripts, powers and powers of ten set."""
    numbers = _NUMBER.sub(lambda found: readable(float(found[0])), text)
    safe = str(escape(numbers))
    safe = _SUBSCRIPT.sub(lambda found: f"{found[1]}<sub>{found[2].strip('{}')}</sub>", safe)
    return Markup(_POWER.sub(lambda found: f"<sup>{found[1].strip('{}')}</sup>", safe))
