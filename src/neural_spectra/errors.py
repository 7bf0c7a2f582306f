"""The one exception for mistakes that a user can mend."""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")

# Of a message, and of a line in it: what it quotes may be as long as a file.
MOST_CHARACTERS, MOST_IN_LINE = 1000, 600


class InputError(ValueError):
    """Something the user gave cannot be used; the message names the place and the remedy.

    Whatever it quotes, it is fit to be read in a terminal: see `readable_message`.

    Examples
    --------
    >>> import neural_spectra
    >>> try:
    ...     neural_spectra.read_network("mine.safetensors")
    ... except neural_spectra.InputError as error:
    ...     print(error)
    mine.safetensors: there is no such file; check the path
    """

    def __init__(self, message: str) -> None:
        super().__init__(readable_message(message))


@contextmanager
def in_one_sentence() -> Iterator[None]:
    """End the program with what an `InputError` says, without the trace that leads there.

    Raises
    ------
    SystemExit
        With that sentence.
    """
    try:
        yield
    except InputError as error:
        sys.exit(str(error))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the known word nearest to ``word``, or ``""``.

    Examples
    --------
    >>> did_you_mean("satruation", ["saturation", "rnn"])
    "; did you mean 'saturation'?"
    """
    nearest = get_close_matches(word, list(known), n=1)
    return f"; did you mean {nearest[0]!r}?" if nearest else ""


def printable(text: str) -> str:
    """Escape what would break the line, or be an order to the terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def readable_message(message: str) -> str:
    """Return a message without orders to the terminal, and no longer than a reader bears.

    Of a long line the middle is left out, because it begins with the place and ends with the
    remedy; of many lines the last ones are.
    """
    lines = [_shortened(printable(line)) for line in message.split("\n")]
    ends = accumulate(map(len, lines))
    kept = [line for line, end in zip(lines, ends, strict=True) if end <= MOST_CHARACTERS]
    return "\n".join(kept) + " … and more" * (len(kept) < len(lines))


def _shortened(line: str) -> str:
    if len(line) <= MOST_IN_LINE:
        return line
    return f"{line[: MOST_IN_LINE * 2 // 3]} … {line[-MOST_IN_LINE // 3 :]}"


def look_up(kind: str, name: str, known: Mapping[str, T]) -> T:
    """Return what is known by a name.

    Raises
    ------
    InputError
        If nothing is, naming the nearest and all.
    """
    if name not in known:
        raise InputError(
            f"unknown {kind} {reprlib.repr(name)}{did_you_mean(name, known)}; "
            f"known are {', '.join(known)}"
        )
    return known[name]
