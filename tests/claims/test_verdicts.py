"""Shares with their intervals, and what would have been judged otherwise."""

import pandas as pd
import pytest
from scipy.stats import binomtest

from neural_spectra.claims.claim_files import Claim
from neural_spectra.claims.verdicts import (
    in_words,
    interval_of_share,
    other_outcome,
    share_of,
    verdict_on,
)

LIMITS = {
    "for all": ({"at_most": 1.0}, 1.5),
    "for some": ({"at_least": 2.0}, 1.0),
    "number": ({"near": 1.0, "absolute": 0.5}, 3.0),
}


def claim(quantifier, criterion, by=("seed",), possible=(0.0, 10.0), **others):
    """Return a claim about the numbers of some groups."""
    source = {"table": "study/sweep", "value": "norm", "by": list(by), "possible": list(possible)}
    return Claim.model_validate(
        {
            "id": "bound_holds",
            "kind": "theorem",
            "group": "Theorem 1",
            "place": "Theorem 1",
            "statement": "The norm never exceeds the bound.",
            "quantifier": quantifier,
            "source": source,
            "criterion": criterion,
            "because": "A theorem.",
            "expected_from": "the paper",
            **others,
        }
    )


def agreement(*agree):
    return pd.Series(agree, index=pd.Index([(k,) for k in range(len(agree))], tupleize_cols=False))


@pytest.mark.parametrize(("agree", "trials"), [(0, 30), (30, 30), (15, 30), (1, 2000)])
def test_the_interval_of_a_share_is_clopper_and_pearsons(agree, trials):
    expected = binomtest(agree, trials).proportion_ci(0.95, method="exact")
    assert interval_of_share(agree, trials) == pytest.approx(tuple(expected), rel=1e-12)


def test_cases_of_one_seed_count_as_one_draw():
    pairs = pd.Index([(k, s) for k in range(5) for s in (1.0, 2.0)], tupleize_cols=False)
    several = claim("typically", {"at_most": 1.0}, by=["seed", "s"])
    found = share_of(several, pd.Series(True, index=pairs))
    assert found.lowest == interval_of_share(5, 5)[0]


def test_the_share_of_chosen_cases_has_no_interval():
    found = share_of(claim("for all", {"at_most": 1.0}, by=["case"]), agreement(True, False))
    assert found.value == 0.5
    assert found.lowest != found.lowest


@pytest.mark.parametrize(
    ("quantifier", "agree", "verdict", "other"),
    [
        ("for all", (True, True), "reproduced", "refuted at > 1 in 1 of 2 cases"),
        ("for all", (False, False, True), "refuted", "reproduced at ≤ 1 in 2 of 3 cases"),
        ("for some", (True, True), "reproduced", "not found at < 2 in all 2 cases"),
        ("for some", (False, False), "not found", "reproduced at ≥ 2 in 1 of 2 cases"),
        ("number", (True, True), "reproduced", "depends at outside of 1 ± 0.5 in 1 of 2 cases"),
        ("number", (True,), "reproduced", "differs at outside of 1 ± 0.5"),
        ("number", (False,), "differs", "reproduced at 1 ± 0.5"),
    ],
)
def test_another_outcome_of_the_fewest_cases_is_told(quantifier, agree, verdict, other):
    made = claim(quantifier, LIMITS[quantifier][0])
    agrees = agreement(*agree)
    outcome = other_outcome(made, agrees, answers=False)
    assert verdict_on(made, agrees) == verdict
    assert in_words(made, outcome, len(agrees), answers=False) == other


def test_of_answers_the_other_answer_is_the_other_outcome():
    made = claim("for all", {"at_least": 1.0}, possible=(0.0, 1.0))
    outcome = other_outcome(made, agreement(True, True), answers=True)
    assert (outcome.number, outcome.verdict) == (0.0, "refuted")


def test_a_criterion_that_every_possible_number_meets_has_no_other_outcome():
    made = claim("for all", {"at_most": 10.0})
    assert other_outcome(made, agreement(True, True), answers=False) is None


@pytest.mark.parametrize(
    "limits", [{"at_most": 1.0}, {"at_least": 1.0}, {"near": 5.0, "factor": 2.0}]
)
@pytest.mark.parametrize("agree", [True, False])
def test_the_number_of_another_outcome_is_possible_and_on_the_other_side(limits, agree):
    made = claim("for all", limits)
    outcome = other_outcome(made, agreement(agree), answers=False)
    low, high = made.criterion.limits()
    assert 0 <= outcome.number <= 10
    assert (low <= outcome.number <= high) != agree
