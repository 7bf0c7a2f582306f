"""Entries of the ledger: what a paper claims, where our number comes from, what would agree."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from neural_spectra.claims.checked_expressions import Condition, Quantity, Reduction
from neural_spectra.claims.claim_expressions import WITHIN, name_of, written, written_reduction
from neural_spectra.claims.numbers_as_text import readable
from neural_spectra.config.checking import Finite, Model, NonNegative, Text, check
from neural_spectra.config.size_limits import LARGEST, each_once
from neural_spectra.config.yaml_files import read_config

SCHEMA = Path("workflow/schemas/claims.schema.json")

Verdict = Literal[
    "reproduced",
    "uninformative",
    "depends",
    "differs",
    "refuted",
    "not found",
    "not testable",
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
Quantifier = Literal["for all", "for some", "typically", "number"]
Figure = Annotated[str, Field(pattern=r"^[a-z_]+/[a-z0-9_]+$")]
Bounds = Annotated[list[float], Field(min_length=2, max_length=2)]


class Measure(Model):
    """One number for each group of rows of a table.

    Parameters
    ----------
    table
        ``study/table``, the file ``results/study/data/table.csv``.
    where
        Conditions on columns; the other rows are left out.
    value
        The quantity in each row.
    by
        The columns whose values make the groups; without any, all rows are one group.
    reduce
        How the rows of a group become one number.
    possible
        Lowest and highest value that the quantity can have at all in a row. A value outside is a
        mistake in the table: the claim is then not testable.
    missing
        Whether a row where the quantity is NaN is a mistake as well, or left out.
    """

    table: Annotated[str, Field(pattern=r"^[a-z_]+/[a-z0-9_]+$")]
    where: dict[str, Condition] = Field(default={})
    value: Quantity
    by: Annotated[list[str], AfterValidator(each_once)] = Field(default=[])
    reduce: Reduction = "median"
    possible: Bounds
    missing: Literal["refused", "left out"] = "refused"

    def _check_together(self) -> None:
        low, high = self.possible
        if not low < high:
            raise ValueError(f"possible: no number lies between {low:g} and {high:g}")

    def __str__(self) -> str:
        """Say what is measured, as the ledger does."""
        groups = f" for each {', '.join(self.by)}" if self.by else ""
        return f"{written_reduction(self.reduce)} of {written(self.value)}{groups}"


def _limit(value: float) -> str:
    """Write a limit with as many digits as tell it from a number that misses it."""
    return readable(value, digits=7)


class Criterion(Model):
    """What agrees with the paper: a value and how far from it, or limits."""

    near: Finite | None = None
    absolute: NonNegative | None = None
    relative: NonNegative | None = None
    factor: Annotated[float, Field(gt=1, le=LARGEST, allow_inf_nan=False)] | None = None
    at_least: Finite | None = None
    at_most: Finite | None = None

    def _check_together(self) -> None:
        tolerances = [self.absolute, self.relative, self.factor]
        given = sum(tolerance is not None for tolerance in tolerances)
        limited = self.at_least is not None or self.at_most is not None
        if (self.near is not None) == limited or given != (self.near is not None):
            raise ValueError(
                "give either near with one of absolute, relative or factor, "
                "or at_least, at_most or both"
            )
        if self.near == 0 and self.absolute is None:
            raise ValueError("near = 0: every part and every multiple of it is 0; give absolute")
        low, high = self.limits()
        if low > high:
            raise ValueError(f"no number is at least {low:g} and at most {high:g}")

    def limits(self) -> tuple[float, float]:
        """Return the lowest and the highest value that agrees."""
        if self.near is None:
            low = -math.inf if self.at_least is None else self.at_least
            return low, math.inf if self.at_most is None else self.at_most
        if self.factor is not None:
            ends = self.near / self.factor, self.near * self.factor
            return min(ends), max(ends)
        width = self.absolute if self.absolute is not None else abs(self.near) * self.relative  # type: ignore[operator]
        return self.near - width, self.near + width

    def __str__(self) -> str:
        """Say what agrees, as the ledger does."""
        if self.near is None:
            ends = [("≥", self.at_least), ("≤", self.at_most)]
            return " and ".join(f"{sign} {_limit(end)}" for sign, end in ends if end is not None)
        if self.factor is not None:
            return f"{_limit(self.near)} within a factor of {readable(self.factor)}"
        if self.relative is not None:
            return f"{_limit(self.near)} ± {_limit(100 * self.relative)} %"
        width = f" ± {_limit(self.absolute)}" if self.absolute else ""
        return f"{_limit(self.near)}{width}"

    def missed(self) -> str:
        """Say what does not agree, as the ledger does."""
        if self.near is not None:
            return f"outside of {self}"
        ends = [(self.at_least, "<"), (self.at_most, ">")]
        return " or ".join(f"{sign} {_limit(end)}" for end, sign in ends if end is not None)


class Requirement(Model):
    """What else has to be so in a group, judged by numbers of its own."""

    source: Measure
    criterion: Criterion


class Claim(Model):
    """One claim of a paper, or a check of our own.

    Parameters
    ----------
    origin
        Whether the paper says it, or it checks what we hold the paper against.
    paper
        Which paper, where it is another than that of the file: one study can answer several.
    kind
        A theorem (of which any exception would be a mistake of ours), a number, or a statement.
    group
        What it belongs to: entries that follow from one theorem, or are read off one figure.
    place
        Where the paper says it: figure, theorem, equation, section.
    figures
        Each ``study/figure`` that shows it.
    statement
        The claim in our words.
    quantifier
        ``for all``: a single exception refutes it. ``for some``: a single example reproduces it.
        ``typically``: it speaks of what is drawn or trained in a certain way, and depends where
        less than nearly all agree. ``number``: it depends where only some agree, and differs where
        none does. See `verdicts.verdict_on`.
    paper_value
        The number that the paper gives, if it gives one.
    source, divided_by, minus
        Our number for each group, if wanted relative to another measure: to its number for the same
        group, or to its only one if it has no groups.
    criterion, because
        What agrees, and why with that tolerance.
    also
        What else has to be so in the same group.
    proof_of_absence
        Why there can be no example of what is claimed ``for some``. Without it, what is not found
        is not refuted.
    uninformative
        Why the claim would agree in any case that one could reasonably expect.
    not_testable
        Why no table can decide, instead of a source and a criterion.
    expected, expected_from, why
        The verdict that is expected, what it is derived from (the paper, or evidence independent
        of our own tables), and the reason where it is not ``reproduced``.
    headline
        The claim's place among those that the README shows, from 1 on.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    origin: Literal["paper", "ours"] = "paper"
    paper: Text | None = None
    kind: Literal["theorem", "number", "statement"]
    group: Text
    place: Text
    figures: Annotated[list[Figure], AfterValidator(each_once)] = Field(default=[])
    statement: Text
    quantifier: Quantifier
    paper_value: Finite | None = None
    source: Measure | None = None
    divided_by: Measure | None = None
    minus: Measure | None = None
    criterion: Criterion | None = None
    because: Text | None = None
    also: Requirement | None = None
    proof_of_absence: Text | None = None
    uninformative: Text | None = None
    not_testable: Text | None = None
    expected: Verdict = "reproduced"
    expected_from: Text
    why: Text | None = None
    headline: Annotated[int, Field(ge=1, le=8)] | None = None

    def _check_together(self) -> None:
        testable = [self.source, self.criterion, self.because]
        if self.not_testable is None:
            if None in testable:
                raise ValueError(
                    f"claim '{self.id}' needs source, criterion and because, or not_testable"
                )
        elif any(testable) or self.expected != "not testable":
            raise ValueError(
                f"claim '{self.id}' is not testable: leave out source, criterion and because, "
                "and expect 'not testable'"
            )
        unexplained = ("reproduced", "uninformative", "not testable")
        if self.expected not in unexplained and self.why is None:
            raise ValueError(f"claim '{self.id}' is expected to be {self.expected}: say why")
        if self.proof_of_absence is not None and self.quantifier != "for some":
            raise ValueError(
                f"claim '{self.id}' holds {self.quantifier}: a proof of absence is for what is "
                "claimed for some"
            )
        if self.divided_by is not None and self.minus is not None:
            raise ValueError(f"claim '{self.id}': give divided_by or minus, not both")
        for other in self.measures()[1:]:
            if self.source is not None and other.by not in ([], self.source.by):
                raise ValueError(
                    f"claim '{self.id}': another measure is grouped by {', '.join(other.by)}, "
                    f"the source by {', '.join(self.source.by) or 'nothing'}; group them alike"
                )

    def quantity(self) -> str:
        """Say which number of ours is compared, as the ledger does."""
        relation = " divided by " if self.divided_by is not None else " minus "
        text = relation.join(map(str, self.compared()))
        return text if self.also is None else f"{text}, with {self.also.source}"

    def tolerance(self) -> str:
        """Say which of these numbers agree, as the ledger does."""
        text = "" if self.criterion is None else str(self.criterion)
        return text if self.also is None else f"{text}, with {self.also.criterion}"

    def compared(self) -> list[Measure]:
        """Return the measures that make the number which the criterion judges."""
        return [part for part in (self.source, self.divided_by, self.minus) if part is not None]

    def measures(self) -> list[Measure]:
        """Return everything that the claim reads."""
        return [*self.compared(), *([] if self.also is None else [self.also.source])]

    def possible(self) -> tuple[float, float]:
        """Return the lowest and the highest number that the claim's measure can have at all."""
        if self.source is None or len(self.compared()) > 1:
            return -math.inf, math.inf
        low, high = self.source.possible
        return (low, high) if name_of(self.source.reduce) in WITHIN else (-math.inf, math.inf)


class Claims(Model):
    """All claims of one paper."""

    paper: Text
    claims: list[Claim]


def read_claims(path: str | Path) -> Claims:
    """Read one paper's file of claims.

    Raises
    ------
    InputError
        With a line for every mistake, naming file and key.
    """
    return check(Claims, read_config(path), [str(path)])


if __name__ == "__main__":
    SCHEMA.write_text(Claims.schema_text(), encoding="utf-8")
