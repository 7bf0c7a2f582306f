"""Entries of the ledger: what a paper claims, where our number comes from, what would agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from neural_spectra.claims.checked_expressions import Condition, Quantity, Reduction
from neural_spectra.claims.claim_expressions import WITHIN, name_of, written, written_reduction
from neural_spectra.config.checking import Finite, Model, NonNegative, Text, check
from neural_spectra.config.size_limits import LARGEST, each_once
from neural_spectra.config.yaml_files import read_config

SCHEMA = Path("workflow/schemas/claims.schema.json")

Verdict = Literal["reproduced", "depends", "differs", "refuted", "not testable"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
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
            low = float("-inf") if self.at_least is None else self.at_least
            return low, float("inf") if self.at_most is None else self.at_most
        if self.factor is not None:
            ends = self.near / self.factor, self.near * self.factor
            return min(ends), max(ends)
        width = self.absolute if self.absolute is not None else abs(self.near) * self.relative  # type: ignore[operator]
        return self.near - width, self.near + width

    def __str__(self) -> str:
        """Say what agrees, as the ledger does."""
        if self.near is None:
            words = [(self.at_least, "at least"), (self.at_most, "at most")]
            return " and ".join(f"{word} {limit:g}" for limit, word in words if limit is not None)
        if self.factor is not None:
            return f"{self.near:g} within a factor of {self.factor:g}"
        if self.relative is not None:
            return f"{self.near:g} ± {100 * self.relative:g} %"
        return f"{self.near:g} ± {self.absolute:g}"


class Claim(Model):
    """One claim of a paper.

    Parameters
    ----------
    place
        Where the paper says it: figure, theorem, equation, section.
    figure
        ``study/figure`` that shows it, if one does.
    statement
        The claim in our words.
    paper_value
        The number that the paper gives, if it gives one.
    source, divided_by, minus
        Our number for each group, if wanted relative to another measure: to its number for the same
        group, or to its only one if it has no groups.
    criterion, because
        What agrees, and why with that tolerance.
    holds
        ``for each`` (the default): every group is judged by itself, a share of them makes the
        verdict ``depends``. ``for all``: one group against it refutes a claim that is meant
        without exception. ``for some``: one group suffices.
    not_testable
        Why no table can decide, instead of a source and a criterion.
    expected, expected_from, why
        The verdict that is expected, what it is derived from (the paper, or evidence independent
        of our own tables), and the reason where it is not ``reproduced``.
    headline
        Whether the README shows the claim.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
    place: Text
    figure: Annotated[str, Field(pattern=r"^[a-z_]+/[a-z0-9_]+$")] | None = None
    statement: Text
    paper_value: Finite | None = None
    source: Measure | None = None
    divided_by: Measure | None = None
    minus: Measure | None = None
    criterion: Criterion | None = None
    because: Text | None = None
    holds: Literal["for each", "for all", "for some"] = "for each"
    not_testable: Text | None = None
    expected: Verdict = "reproduced"
    expected_from: Text
    why: Text | None = None
    headline: bool = False

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
        if self.expected not in ("reproduced", "not testable") and self.why is None:
            raise ValueError(f"claim '{self.id}' is expected to be {self.expected}: say why")
        if self.divided_by is not None and self.minus is not None:
            raise ValueError(f"claim '{self.id}': give divided_by or minus, not both")
        for other in self.measures()[1:]:
            if self.source is not None and other.by not in ([], self.source.by):
                raise ValueError(
                    f"claim '{self.id}': its second measure is grouped by {', '.join(other.by)}, "
                    f"the source by {', '.join(self.source.by) or 'nothing'}; group them alike"
                )

    def quantity(self) -> str:
        """Say which number of ours is compared, as the ledger does."""
        relation = " divided by " if self.divided_by is not None else " minus "
        return relation.join(map(str, self.measures()))

    def measures(self) -> list[Measure]:
        """Return everything that the claim reads."""
        return [part for part in (self.source, self.divided_by, self.minus) if part is not None]

    def may_agree(self) -> bool:
        """Say whether the criterion lets a number agree that the source can have at all."""
        if self.source is None or self.criterion is None or len(self.measures()) > 1:
            return True
        (low, high), (lowest, highest) = self.source.possible, self.criterion.limits()
        return name_of(self.source.reduce) not in WITHIN or (low <= highest and lowest <= high)


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
