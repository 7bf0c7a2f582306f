"""What the cases of a claim say of it, and what other cases would have said."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from neural_spectra.claims.claim_files import Claim, Verdict

CONFIDENCE = 0.95
# What is so typically is so in at least this share of the cases.
TYPICAL = 0.95
# The column that tells draws at random apart.
DRAW = "seed"


@dataclass(frozen=True)
class Share:
    """The share of the cases that agree, with its interval if they are drawn at random (or NaN)."""

    value: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Outcome:
    """What would have been judged otherwise.

    Parameters
    ----------
    verdict
        The other verdict.
    number
        A number that some of the cases would have to have for it, next to a limit.
    cases
        Which of the cases, by their places.
    agree
        Whether they would agree then.
    """

    verdict: Verdict
    number: float
    cases: list[int]
    agree: bool


def interval_of_share(agree: float, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of Clopper and Pearson (1934) for the share of a population.

    Parameters
    ----------
    agree
        How many of the trials agree; not a whole number where each stands for several cases.

    Examples
    --------
    >>> [round(end, 3) for end in interval_of_share(0, 32)]  # none of 32 seeds
    [0.0, 0.109]
    """
    rest = trials - agree
    tail = (1 - CONFIDENCE) / 2
    lowest = betaincinv(agree, rest + 1, tail) if agree > 0 else 0.0
    highest = betaincinv(agree + 1, rest, 1 - tail) if rest > 0 else 1.0
    return float(lowest), float(highest)


def share_of(claim: Claim, agrees: pd.Series) -> Share:
    """Return the share of the cases that agree.

    Cases of one seed share its draw, so that the interval counts seeds, each with the average of
    its cases.
    """
    value, by = float(agrees.mean()), [] if claim.source is None else claim.source.by
    if DRAW not in by:
        return Share(value, math.nan, math.nan)
    draws = len({case[by.index(DRAW)] for case in agrees.index})
    return Share(value, *interval_of_share(value * draws, draws))


def verdict_on(claim: Claim, agrees: pd.Series) -> Verdict:
    """Return the verdict, from which of the cases agree."""
    found = agrees.any() if claim.quantifier == "for some" else agrees.all()
    if found or (claim.quantifier == "typically" and agrees.mean() >= TYPICAL):
        return "reproduced" if claim.uninformative is None else "uninformative"
    if claim.quantifier == "for some":
        return "not found" if claim.proof_of_absence is None else "refuted"
    if claim.quantifier == "for all":
        return "refuted"
    if agrees.any():
        return "depends"
    if claim.quantifier == "number":
        return "differs"
    # Few cases without an example do not rule out that most others are one.
    return "refuted" if share_of(claim, agrees).highest < 1 / 2 else "not found"


def other_outcome(claim: Claim, agrees: pd.Series, answers: bool) -> Outcome | None:
    """Return an outcome that would have been judged otherwise, of the fewest cases.

    Parameters
    ----------
    answers
        Whether the numbers are answers, 1 for yes and 0 for no.

    Returns
    -------
    Outcome or None
        None if nothing that is possible at all would change the verdict.
    """
    verdict, found = verdict_on(claim, agrees), []
    for agree in (False, True):
        number, places = _number_that(claim, agree, answers), np.flatnonzero(agrees != agree)
        verdict_if = partial(_verdict_if, claim, agrees, agree, places)
        # The more cases change, the further the verdict moves.
        counts = range(1, len(places) + 1)
        first = bisect_left(counts, True, key=lambda n: verdict_if(n) != verdict)
        if number is not None and first < len(counts):
            cases = places[: counts[first]].tolist()
            found.append(Outcome(verdict_if(len(cases)), number, cases, agree))
    return min(found, key=lambda outcome: len(outcome.cases), default=None)


def _verdict_if(
    claim: Claim, agrees: pd.Series, agree: bool, places: np.ndarray, count: int
) -> Verdict:
    """Return the verdict if the first of some cases agreed, or did not."""
    changed = agrees.copy()
    changed.iloc[places[:count]] = agree
    return verdict_on(claim, changed)


def _number_that(claim: Claim, agree: bool, answers: bool) -> float | None:
    """Return a possible number that meets the criterion, or misses it."""
    if claim.criterion is None:
        return None
    low, high = claim.criterion.limits()
    beyond = [float(np.nextafter(high, math.inf)), float(np.nextafter(low, -math.inf))]
    choices = [0.0, 1.0] if answers else [high, low] if agree else beyond
    lowest, highest = claim.possible()
    for number in choices:
        possible = math.isfinite(number) and lowest <= number <= highest
        if possible and (low <= number <= high) == agree:
            return number
    return None


def in_words(claim: Claim, outcome: Outcome, cases: int, answers: bool) -> str:
    """Say what would have been judged otherwise, as the ledger does.

    Parameters
    ----------
    cases
        How many cases the claim has.
    answers
        Whether the numbers are answers.
    """
    missed = "" if claim.criterion is None else claim.criterion.missed()
    limit = claim.tolerance() if outcome.agree else missed
    text = f"{outcome.verdict} {'if the answer were another' if answers else f'at {limit}'}"
    if cases == 1:
        return text
    count = len(outcome.cases)
    return f"{text} in {f'all {cases}' if count == cases else f'{count} of {cases}'} cases"
