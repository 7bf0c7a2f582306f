"""What settings may ask for at most: a slip of the pen must not fill a machine, or take it a week.

Settings that are wrong only together, such as a duration and a step, are held against what they
imply: numbers in memory, steps in time. The models of the settings call these functions, and turn
each ValueError into a line with file and key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sized
from typing import TypeVar

C = TypeVar("C", bound=Sized)
H = TypeVar("H", bound=Hashable)

# Squares and products of numbers in between stay far from the ends of float64.
SMALLEST, LARGEST = 1e-12, 1e12
# A job of some hours, at a fraction of a millisecond for each step.
MOST_STEPS = 10_000_000
# Solves of a differential equation, each of which takes tens of milliseconds.
MOST_RUNS = 100_000
# 1 GB in float64, for the largest of the arrays that a job holds at a time.
MOST_NUMBERS = 2**27
# Snakemake plans some thousand jobs in a minute.
MOST_JOBS = 1000
# A list that somebody wrote; every entry costs a job some time, or a figure a mark.
MOST_ENTRIES = 1000
# Colours and marks that a reader can tell apart, and letters of panels (``figures.style``).
MOST_CURVES, MOST_PANELS = 6, 12
# Along each side of a grid over the plane: its table has a million rows for each network then.
MOST_GRID_STEPS = 1000


def not_tiny(value: float) -> float:
    """Return a positive number, unless its powers would underflow.

    Raises
    ------
    ValueError
        If it is below ``SMALLEST``.
    """
    if value < SMALLEST:
        raise ValueError(f"{value:g} is too small to compute with; give {SMALLEST:g} or more")
    return value


def each_once(entries: list[H]) -> list[H]:
    """Return a list that holds each entry once.

    Raises
    ------
    ValueError
        Naming an entry that it holds twice.
    """
    seen: set[H] = set()
    for entry in entries:
        if entry in seen:
            raise ValueError(f"{entry!r} is listed twice; keep it once")
        seen.add(entry)
    return entries


def at_most(most: int, room: str) -> Callable[[C], C]:
    """Return a validator, which raises a ValueError for more entries than there is room for.

    Parameters
    ----------
    most
        How many entries there is room for.
    room
        What there is so many of, such as "colours in the figure".
    """

    def validate(entries: C) -> C:
        if len(entries) > most:
            raise ValueError(f"{len(entries)} entries for {most} {room}; leave some out")
        return entries

    return validate


def require_steps(
    names: str, span: float, step: float, *, least: int = 1, most: int = MOST_STEPS
) -> None:
    """Make sure that a time or a length holds neither too few steps nor too many.

    Parameters
    ----------
    names
        The settings that ``span`` and ``step`` come from, such as "duration / step".
    span, step
        The whole and one step of it, in the same unit.
    least, most
        How many steps there may be.

    Raises
    ------
    ValueError
        With the number of steps and the limits.
    """
    if not least <= round(span / step) <= most:
        raise ValueError(
            f"{names} = {span:g} / {step:g} makes {span / step:.4g} steps; choose them so that "
            f"there are {least} to {most}"
        )


def require_runs(names: str, runs: int) -> None:
    """Make sure that settings together ask for no more solves than a job makes in hours.

    Raises
    ------
    ValueError
        If there are more than ``MOST_RUNS``.
    """
    if runs > MOST_RUNS:
        raise ValueError(f"{names} makes {runs} runs, more than {MOST_RUNS}; lower one of them")


def require_room(names: str, numbers: int | float) -> None:
    """Make sure that settings together imply no more numbers than a job can hold.

    Parameters
    ----------
    names
        The settings whose product ``numbers`` is, such as "seeds · points".
    numbers
        How many numbers of 8 bytes.

    Raises
    ------
    ValueError
        If there are more than ``MOST_NUMBERS``.
    """
    if numbers > MOST_NUMBERS:
        raise ValueError(
            f"{names} makes {numbers:.2g} numbers, and a job has room for {MOST_NUMBERS:.2g} "
            f"(1 GB); lower one of them"
        )


def require_jobs(names: str, seeds: int, seeds_per_job: int) -> None:
    """Make sure that there are no more chunks of seeds than a workflow is planned for in minutes.

    Raises
    ------
    ValueError
        If there are more than ``MOST_JOBS``.
    """
    jobs = -(-seeds // seeds_per_job)
    if jobs > MOST_JOBS:
        raise ValueError(
            f"{names}: {seeds} seeds, {seeds_per_job} in a job, make {jobs} jobs; put more into "
            f"each, for {MOST_JOBS} at most"
        )
