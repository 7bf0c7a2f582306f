"""What text of a user's may hold: all of it is seen, and it means in a table what it says."""

from __future__ import annotations

import unicodedata

MOST_CHARACTERS = 1000
# Orders to a terminal, marks that turn the direction of writing or take no room, halves of
# characters, separators of lines and paragraphs: Unicode's names for them.
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@")


def seen(text: str) -> str:
    """Return a text, of one or several lines, all of whose characters are seen.

    Raises
    ------
    ValueError
        Naming a character that is not.
    """
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in "\n\t":
            raise ValueError(f"{text!r} holds {character!r}, which nobody sees; leave it out")
    return text


def tabulated(text: str) -> str:
    """Return a text that is what it says wherever a table with it is opened.

    Raises
    ------
    ValueError
        If it is blank, or begins as a formula does.
    """
    if not text.strip():
        raise ValueError(f"{text!r} is blank; write something")
    if text.lstrip().startswith(_FORMULA):
        raise ValueError(
            f"{text!r} begins with {text.lstrip()[0]!r}, a formula to a spreadsheet; begin with "
            f"a letter or a digit"
        )
    return seen(text)


def drawable(label: str) -> str:
    """Return a label that can be drawn.

    Raises
    ------
    ValueError
        If it is long, has several lines, or holds what Matplotlib takes for a formula and cannot
        read.
    """
    if len(label) > MOST_CHARACTERS:
        raise ValueError(f"{len(label)} characters; give a label of {MOST_CHARACTERS} at most")
    if "\n" in label or "\t" in label:
        raise ValueError(f"{label!r} holds a line break or a tab; write it in one line")
    if label.count("$") > 1:
        # Only here: reading a config must not take the time of importing Matplotlib.
        from matplotlib.mathtext import MathTextParser

        try:
            MathTextParser("path").parse(label)
        except (ValueError, RecursionError):
            raise ValueError(f"{label!r}: what stands between $ signs is no formula") from None
    return label
