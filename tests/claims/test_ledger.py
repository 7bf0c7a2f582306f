"""The ledger's language, its verdicts and what is written from them."""

import math
import re

import numpy as np
import pandas as pd
import pytest
import yaml

from neural_spectra.claims.claim_expressions import (
    evaluate,
    order_of,
    reduce,
    select,
    written,
    written_reduction,
)
from neural_spectra.claims.claim_files import read_claims
from neural_spectra.claims.judging import judge
from neural_spectra.claims.ledger import (
    claims_of_figures,
    judge_all,
    lines,
    reader,
    require_expected,
    verdicts_by_origin,
)
from neural_spectra.claims.numbers_as_text import macros, readable, verdict
from neural_spectra.errors import InputError
from neural_spectra.page.captions import numbers
from neural_spectra.page.readme_blocks import (
    claims_block,
    ledger_block,
    verdicts_block,
    with_block,
)
from neural_spectra.workflow.csv_tables import read_table, write_table

TABLE = pd.DataFrame(
    {
        "seed": [0, 0, 1, 1, 2, 2],
        "s": [1.0, 2.0, 1.0, 2.0, 1.0, 2.0],
        "norm": [1.0, 2.0, 1.0, 4.0, 1.0, 6.0],
        "bound": [2.0, 4.0, 2.0, 4.0, 2.0, 4.0],
        "kind": ["point", "point", "point", "line", "point", "cycle"],
        "satisfied": [True, True, True, False, True, False],
    }
)
CLAIM = {
    "id": "bound_holds",
    "kind": "theorem",
    "group": "Theorem 1",
    "quantifier": "typically",
    "place": "Theorem 1",
    "statement": "The norm never exceeds the bound.",
    "source": {
        "table": "study/sweep",
        "value": {"ratio": ["norm", "bound"]},
        "by": ["seed"],
        "reduce": "largest",
        "possible": [0.0, np.inf],
    },
    "criterion": {"at_most": 1.0},
    "because": "A theorem.",
    "expected_from": "the paper",
}


@pytest.fixture
def claim(tmp_path):
    """Return a claim like CLAIM with some keys changed, or taken out by None."""

    def make(source=(), **changes):
        entry = {**CLAIM, "source": {**CLAIM["source"], **dict(source)}, **changes}
        entry = {key: value for key, value in entry.items() if value is not None}
        (tmp_path / "claims.yaml").write_text(
            yaml.safe_dump({"paper": "P", "claims": [entry]}), encoding="utf-8"
        )
        return read_claims(tmp_path / "claims.yaml").claims[0]

    return make


def judged(claim, table=TABLE):
    return judge(claim, lambda name: table)


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("norm", [1, 2, 1, 4, 1, 6]),
        (3, [3] * 6),
        ({"ratio": ["norm", "bound"]}, [0.5, 0.5, 0.5, 1, 0.5, 1.5]),
        ({"difference": ["norm", 1.0]}, [0, 1, 0, 3, 0, 5]),
        ({"log": {"product": ["norm", "bound"]}}, np.log([2, 8, 2, 16, 2, 24])),
        ({"is": ["kind", "line", "cycle"]}, [0, 0, 0, 1, 0, 1]),
        ("satisfied", [1, 1, 1, 0, 1, 0]),
    ],
)
def test_a_quantity_is_evaluated_in_every_row(quantity, expected):
    np.testing.assert_allclose(evaluate(quantity, TABLE), expected)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ({"s": 1.0}, [0, 2, 4]),
        ({"kind": ["line", "cycle"]}, [3, 5]),
        ({"norm": {"at_least": 2.0, "below": 6.0}}, [1, 3]),
        ({"s": 2.0, "norm": {"above": 2.0}}, [3, 5]),
    ],
)
def test_rows_are_selected_by_every_condition(where, rows):
    assert list(select(TABLE, where).index) == rows


@pytest.mark.parametrize(
    ("reduction", "expected"),
    [
        ("largest", 8),
        ("spread", 7),
        ("distinct", 4),
        ({"slope": {"log": "x"}}, 3 / np.log(2)),
        ({"largest_rise": "x"}, 4),
        ({"largest_drop": "x"}, -1),
        ({"change": "x"}, 7),
        ({"first": "x"}, 1),
        ({"last": "x"}, 8),
        ({"first_below": ["x", 0.5]}, np.inf),
        ({"first_below": ["x", 8]}, 1),
    ],
)
def test_a_reduction_orders_the_rows_first(reduction, expected):
    table = pd.DataFrame({"x": [4.0, 1.0, 8.0, 2.0], "y": [4.0, 1.0, 8.0, 2.0]})
    straight = reduction == {"slope": {"log": "x"}}
    values = 3 * np.log2(table["y"]) if straight else table["y"]
    along = order_of(reduction, table)
    assert reduce(reduction, values.to_numpy(), along) == pytest.approx(expected)


def test_a_claim_that_holds_for_some_seeds_depends_and_no_single_number_stands_for_it(claim):
    found = judged(claim())
    assert (found.verdict, found.share) == ("depends", pytest.approx(2 / 3))
    assert math.isnan(found.value)
    assert (found.lowest, found.highest) == (0.5, 1.5)


@pytest.mark.parametrize("value", ["satisfied", {"is": ["kind", "point"]}])
def test_of_answers_only_the_share_of_groups_is_told(claim, value):
    source = {"value": value, "reduce": "smallest"}
    found = judged(claim(source=source, criterion={"at_least": 1.0}))
    assert found.share == pytest.approx(1 / 3)
    assert all(map(math.isnan, (found.value, found.lowest, found.highest)))


def test_the_number_of_answers_is_a_number(claim):
    source = {"value": "satisfied", "reduce": "total", "by": []}
    found = judged(claim(source=source, criterion={"near": 4.0, "absolute": 0.0}))
    assert (found.verdict, found.value) == ("reproduced", 4.0)


def test_a_claim_without_exception_is_refuted_by_one_seed_which_is_named(claim):
    found = judged(claim(quantifier="for all"))
    assert (found.verdict, found.value) == ("refuted", 1.5)
    assert found.evidence.endswith("against it: 1.5 at seed = 2")


def test_a_claim_of_existence_needs_one_example_which_is_named(claim):
    found = judged(claim(quantifier="for some", criterion={"at_most": 0.7}))
    assert (found.verdict, found.value) == ("reproduced", 0.5)
    assert found.evidence.endswith("example: 0.5 at seed = 0")


def test_a_number_that_comes_out_otherwise_differs(claim):
    found = judged(claim(quantifier="number", criterion={"near": 9.0, "relative": 0.1}))
    assert (found.verdict, found.value, found.share) == ("differs", 1.0, 0.0)


@pytest.mark.parametrize(("seeds", "told"), [(3, "not found"), (30, "refuted")])
def test_what_no_seed_meets_is_not_typical_if_they_are_enough(claim, seeds, told):
    many = pd.concat([TABLE[TABLE["seed"] == 0].assign(seed=seed) for seed in range(seeds)])
    assert judged(claim(criterion={"at_least": 3.0}), many).verdict == told


def test_what_nearly_all_seeds_meet_is_typical(claim):
    many = pd.concat([TABLE[TABLE["seed"] == 0].assign(seed=seed) for seed in range(99)])
    found = judged(claim(), pd.concat([many, TABLE[TABLE["seed"] == 2].assign(seed=99)]))
    assert (found.verdict, found.share) == ("reproduced", 0.99)


def test_what_is_claimed_to_exist_is_not_found_and_refuted_only_by_a_proof(claim):
    never = {"quantifier": "for some", "criterion": {"at_most": 0.1}}
    found = judged(claim(**never))
    assert (found.verdict, found.value) == ("not found", 0.5)
    assert found.evidence.endswith("nearest: 0.5 at seed = 0")
    assert judged(claim(**never, proof_of_absence="A theorem.")).verdict == "refuted"


def test_a_proof_of_absence_is_for_what_is_claimed_to_exist(claim):
    with pytest.raises(InputError, match="holds for all: a proof of absence is for what is claime"):
        claim(quantifier="for all", proof_of_absence="A theorem.")


def test_what_would_agree_in_any_case_is_uninformative_unless_it_fails(claim):
    reason = {"uninformative": "It always does."}
    assert judged(claim(**reason, criterion={"at_most": 2.0})).verdict == "uninformative"
    assert judged(claim(**reason, quantifier="for all")).verdict == "refuted"


def test_a_claim_may_ask_for_two_numbers_of_the_same_group(claim):
    both = {"source": {**CLAIM["source"], "value": "norm"}, "criterion": {"at_least": 3.0}}
    found = judged(claim(quantifier="for some", criterion={"at_most": 0.7}, also=both))
    # Of the seeds 1 and 2, which meet the second, 1 is nearer to the first.
    assert (found.verdict, found.share, found.value) == ("not found", 0.0, 1.0)
    both["criterion"] = {"at_most": 3.0}
    found = judged(claim(quantifier="for some", criterion={"at_most": 0.7}, also=both))
    assert (found.verdict, found.share) == ("reproduced", pytest.approx(1 / 3))


def test_a_claim_without_rows_in_this_run_is_not_testable(claim):
    found = judged(claim(source={"where": {"s": 7.0}}))
    assert found.verdict == "not testable"
    assert "study/sweep" in found.evidence


@pytest.mark.parametrize("reduction", ["slope", "largest_rise", "largest_drop", "change"])
def test_a_claim_is_not_testable_if_every_group_has_a_single_row_to_compare(claim, reduction):
    found = judged(claim(source={"where": {"s": 1.0}, "reduce": {reduction: "s"}}))
    assert found.verdict == "not testable"
    assert f"no group has two rows for the {reduction.replace('_', ' ')} along s" in found.evidence


def test_groups_with_a_single_row_to_compare_are_left_out(claim):
    found = judged(claim(source={"reduce": {"change": "s"}}), TABLE.drop(index=0))
    assert found.evidence.startswith("2 of 2 (seed)")


@pytest.mark.parametrize("relation", ["divided_by", "minus"])
def test_a_measure_relative_to_another_has_the_same_groups(claim, relation):
    second = {**CLAIM["source"], "where": {"s": 1.0}, "value": "norm"}
    first = {"where": {"s": 2.0}, "value": "norm"}
    found = judged(claim(source=first, **{relation: second}, criterion={"at_least": 0.0}))
    assert found.value == {"divided_by": 4.0, "minus": 3.0}[relation]


def test_a_measure_is_compared_where_the_other_one_has_the_group_too(claim):
    second = {**CLAIM["source"], "where": {"seed": [1, 2, 3]}, "value": "bound"}
    found = judged(claim(source={"value": "norm"}, minus=second))
    assert found.evidence.startswith("1 of 2 (seed); 0 to 2")


def test_a_claim_is_not_testable_if_its_measures_have_no_group_in_common(claim):
    second = {**CLAIM["source"], "where": {"seed": 0}}
    found = judged(claim(source={"where": {"seed": 1}}, minus=second))
    assert (found.verdict, found.evidence) == (
        "not testable",
        "the two measures have no group in common",
    )


def test_a_measure_may_be_relative_to_one_without_groups(claim):
    second = {**CLAIM["source"], "value": "norm", "by": []}
    found = judged(claim(source={"value": "norm"}, divided_by=second))
    assert (found.verdict, found.highest) == ("reproduced", 1.0)


def test_a_claim_is_not_testable_where_its_number_is_none(claim):
    second = {**CLAIM["source"], "value": {"difference": ["bound", "bound"]}}
    found = judged(claim(source={"value": {"difference": ["s", "s"]}}, divided_by=second))
    assert found.verdict == "not testable"
    assert found.evidence.endswith("is no number at seed = 0")


@pytest.mark.parametrize(
    ("criterion", "limits"),
    [
        ({"near": 10.0, "relative": 0.1}, (9.0, 11.0)),
        ({"near": 10.0, "absolute": 3.0}, (7.0, 13.0)),
        ({"near": -10.0, "factor": 2.0}, (-20.0, -5.0)),
        ({"at_most": 1.0}, (-np.inf, 1.0)),
        ({"at_least": 0.0, "at_most": 1.0}, (0.0, 1.0)),
    ],
)
def test_a_criterion_has_a_lowest_and_a_highest_agreeing_value(claim, criterion, limits):
    assert claim(criterion=criterion).criterion.limits() == pytest.approx(limits)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": {"value": "nrm"}}, "no column 'nrm'; did you mean 'norm'?"),
        ({"source": {"by": ["sed"]}}, "no column 'sed'"),
        ({"source": {"where": {"z": 1}}}, "no column 'z'"),
        ({"source": {"value": "kind"}}, "column 'kind' holds text"),
    ],
)
def test_a_claim_that_cannot_be_read_is_named_with_its_table(claim, changes, message):
    with pytest.raises(InputError, match=r"claim bound_holds: table study/sweep: ") as caught:
        judged(claim(**changes))
    assert message in str(caught.value)


def test_an_impossible_value_makes_its_claim_not_testable_and_is_named(claim):
    found = judged(claim(source={"possible": [0.0, 1.0]}))
    assert (found.verdict, found.evidence) == (
        "not testable",
        "table study/sweep: norm / bound is 1.5 at {'seed': 2}, which cannot be (possible: 0 to 1)",
    )


def test_a_missing_value_is_a_mistake_unless_it_is_left_out(claim):
    holed = TABLE.assign(norm=[np.nan, *TABLE["norm"][1:]])
    assert "which cannot be" in judged(claim(), holed).evidence
    assert judged(claim(source={"missing": "left out"}), holed).share == pytest.approx(2 / 3)


def test_a_table_that_the_run_does_not_make_is_named(claim):
    with pytest.raises(InputError, match="no table study/sweep; did you mean 'study/sweeps'"):
        judge(claim(), reader(["results/study/data/sweeps.csv"]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": 1}, "colour: unknown key"),
        ({"criterion": {"near": 1.0}}, "near with one of absolute, relative or factor"),
        ({"criterion": {"at_most": 1.0, "absolute": 0.1}}, "near with one of"),
        ({"criterion": None}, "needs source, criterion and because"),
        ({"not_testable": "no study"}, "leave out source"),
        ({"expected": "refuted"}, "expected to be refuted: say why"),
        ({"source": {"value": {"ration": ["a", "b"]}}}, "did you mean 'ratio'"),
        ({"source": {"value": {"ratio": ["a"]}}}, "'ratio' takes 2 quantities, not 1"),
        ({"source": {"value": {"is": ["a"]}}}, "takes a column and the values"),
        ({"source": {"reduce": "larges"}}, "did you mean 'largest'"),
        ({"source": {"reduce": {"slope": ["s", 1]}}}, "'slope' takes 1 values, not 2"),
        ({"source": {"where": {"s": {"over": 1}}}}, "'over' is no condition"),
        ({"source": {"table": "../../etc/passwd"}}, "source.table"),
        ({"id": "Bad id"}, "id"),
    ],
)
def test_a_mistake_in_a_file_of_claims_is_named_with_file_and_key(claim, changes, message):
    with pytest.raises(InputError, match=r"claims\.yaml: claims\.0") as caught:
        claim(**changes)
    assert message in str(caught.value)


NAN = float("nan")
UNMEANT = {
    "limits that cross": (
        {"criterion": {"at_least": 5.0, "at_most": 1.0}},
        "no number is at least 5",
    ),
    "a factor of 0": (
        {"criterion": {"near": 0.0, "factor": 2.0}},
        "near = 0: every part and every",
    ),
    "a part of 0": ({"criterion": {"near": 0, "relative": 0.1}}, "near = 0: every part and every"),
    "an endless factor": (
        {"criterion": {"near": 1.0, "factor": 1e308}},
        "criterion.factor = 1e+308",
    ),
    "an infinite limit": ({"criterion": {"at_least": np.inf}}, "criterion.at_least = inf"),
    "a limit that is no number": ({"criterion": {"at_most": NAN}}, "criterion.at_most = nan"),
    "ends that cross": (
        {"source": {"possible": [10.0, -10.0]}},
        "possible: no number lies between",
    ),
    "an end that is no number": ({"source": {"possible": [NAN, 1.0]}}, "between nan and 1"),
    "another end that is none": ({"source": {"possible": [0.0, NAN]}}, "between 0 and nan"),
    "ends beyond all numbers": ({"source": {"possible": [np.inf, np.inf]}}, "between inf and inf"),
    "a range that crosses": (
        {"source": {"where": {"s": {"at_least": 4.0, "below": 1.0}}}},
        "{'at_least': 4.0, 'below': 1.0} is no range in which numbers lie",
    ),
    "a range without ends": ({"source": {"where": {"s": {}}}}, "{} is no range"),
    "a range to nowhere": ({"source": {"where": {"s": {"above": NAN}}}}, "takes a finite number"),
    "no values": (
        {"source": {"where": {"s": []}}},
        "should be a value, a list of values or a range",
    ),
    "a missing value": ({"source": {"where": {"s": [1.0, NAN]}}}, "should be a value, a list of"),
    "nothing as a value": ({"source": {"where": {"kind": {"is": None}}}}, "'is' is no condition"),
    "a block as a value": (
        {"source": {"where": {"kind": [{"a": 1}]}}},
        "should be a value, a list",
    ),
    "a block as an answer": (
        {"source": {"value": {"is": ["kind", {"a": 1}]}}},
        "'is' takes a column",
    ),
    "no number in a quantity": ({"source": {"value": {"ratio": ["norm", NAN]}}}, "nan should be a"),
    "an infinite level": (
        {"source": {"reduce": {"first_below": ["s", np.inf]}}},
        "the level of 'first_below' is inf, not a finite number",
    ),
    "groups of groups": ({"source": {"by": ["seed", "seed"]}}, "'seed' is listed twice"),
    "measures in other groups": (
        {"minus": {**CLAIM["source"], "by": ["s"]}},
        "another measure is grouped by s, the source by seed; group them alike",
    ),
    "a blank statement": ({"statement": " "}, "statement: ' ' is blank"),
    "a statement that is a formula": ({"statement": "=1+1"}, "a formula to a spreadsheet"),
    "an endless id": ({"id": "a" * 100_000}, "claims.0.id: "),
}


@pytest.mark.parametrize("mistake", UNMEANT)
def test_what_nobody_can_mean_is_refused_with_its_key(claim, mistake):
    changes, message = UNMEANT[mistake]
    with pytest.raises(InputError, match=r"^1 mistake in the config:\n  .*: claims\.0") as caught:
        claim(**changes)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "1.0e+999", "2024-13-45"])
@pytest.mark.parametrize("place", ["value:", "at_most: 1.0", "possible:"])
def test_a_number_that_is_none_is_refused_with_its_line(claim, tmp_path, place, number):
    claim()
    file = tmp_path / "claims.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(place, f"{place.split(':')[0]}: {number} #"), encoding="utf-8")
    with pytest.raises(InputError, match=rf"^{file}, line \d+: is no plain YAML"):
        read_claims(file)


def test_a_ledger_without_claims_is_refused(tmp_path):
    (tmp_path / "claims.yaml").write_text("{paper: P, claims: []}", encoding="utf-8")
    with pytest.raises(InputError, match=r"claims\.yaml: no claims; write one"):
        judge_all([tmp_path / "claims.yaml"], [])


def test_a_claim_of_another_paper_than_its_file_says_so(claim, tmp_path):
    file, table = tmp_path / "claims.yaml", tmp_path / "study/data/sweep.csv"
    table.parent.mkdir(parents=True)
    write_table(table, TABLE)
    for changes, paper in [({"paper": "Q"}, "Q"), ({}, "P")]:
        claim(**changes)
        assert judge_all([file], [table])["paper"].tolist() == [paper]


WRONG_KIND = {
    "a range of text": ({"where": {"kind": {"at_least": 1}}}, "holds text, which has no range"),
    "a number among text": (
        {"where": {"kind": ["point", 1]}},
        "column 'kind' holds text, unlike 1",
    ),
    "text among numbers": ({"where": {"s": "1.0"}}, "column 's' holds no text, unlike '1.0'"),
    "an answer of another kind": ({"value": {"is": ["s", "x"]}}, "'s' holds no text, unlike 'x'"),
    "rows in the order of text": ({"reduce": {"slope": "kind"}}, "column 'kind' holds text"),
}


@pytest.mark.parametrize("mistake", WRONG_KIND)
def test_a_condition_of_another_kind_than_its_column_is_refused(claim, mistake):
    source, message = WRONG_KIND[mistake]
    with pytest.raises(InputError, match=r"^claim bound_holds: table study/sweep: ") as caught:
        judged(claim(source=source))
    assert message in str(caught.value)


HOLED = TABLE.assign(zero=0.0, huge=1e308, infinite=np.inf, gap=[np.nan, *TABLE["norm"][1:]])
UNDECIDED = {
    "a division by 0 in a row": (
        {"value": {"ratio": ["norm", "zero"]}},
        "norm / zero is nan at {'seed': 0}, which cannot be (missing, infinite, or divided by 0)",
    ),
    "a division by the number 0": ({"value": {"ratio": ["norm", 0]}}, "norm / 0 is nan"),
    "a division by 0 further in": (
        {"value": {"ratio": [1.0, {"ratio": ["norm", "zero"]}]}},
        "1 / (norm / zero) is nan",
    ),
    "a division by 0 in a question": (
        {"value": {"at_most": [1.0, {"ratio": ["norm", "zero"]}]}, "reduce": "smallest"},
        "(1 ≤ (norm / zero)) is nan",
    ),
    "a division by 0 where holes are left out": (
        {"value": {"ratio": ["norm", "zero"]}, "missing": "left out"},
        "norm / zero is nan",
    ),
    "a question about a hole": ({"value": {"at_most": ["gap", 1.0]}}, "(gap ≤ 1) is nan"),
    "the logarithm of 0": ({"value": {"log": "zero"}, "possible": [-np.inf, np.inf]}, "ln zero is"),
    "an overflow": ({"value": {"exp": "huge"}}, "exp huge is nan"),
    "an infinite cell": ({"value": "infinite"}, "infinite is inf at {'seed': 0}, which cannot be"),
    "an infinite sum": (
        {"value": "huge", "reduce": "total", "by": []},
        "total of huge is no number",
    ),
    "an order that is none": (
        {"value": "norm", "reduce": {"slope": {"log": "zero"}}},
        "rows have no place in the slope along ln zero",
    ),
}


@pytest.mark.parametrize("criterion", [{"at_least": 0.0}, {"at_most": 1.0}])
@pytest.mark.parametrize("case", UNDECIDED)
def test_what_is_no_number_decides_nothing_and_is_named(claim, case, criterion):
    source, reason = UNDECIDED[case]
    found = judged(claim(source=source, criterion=criterion), HOLED)
    assert found.verdict == "not testable"
    assert reason in found.evidence
    assert math.isnan(found.share)


def test_the_reason_is_short_whatever_a_claim_asks_for(claim):
    found = judged(claim(source={"where": {"kind": ["x" * 1000] * 100}}))
    assert found.verdict == "not testable"
    assert len(found.evidence) < 1000


@pytest.mark.parametrize("by", [[], ["seed"]])
@pytest.mark.parametrize("criterion", [{"at_least": 0.0}, {"at_most": 1.0}])
def test_a_measure_relative_to_0_decides_nothing(claim, criterion, by):
    source = {"value": "norm", "by": by}
    second = {**CLAIM["source"], "value": "zero", "by": by}
    found = judged(claim(source=source, divided_by=second, criterion=criterion), HOLED)
    assert found.verdict == "not testable"
    assert "is no number" in found.evidence


def test_what_never_happens_in_these_rows_is_refuted_but_not_reproduced(claim):
    source = {"value": "norm", "reduce": {"first_below": ["s", 0.1]}}
    early = claim(source=source, quantifier="for all", criterion={"at_most": 2.0})
    assert judged(early).verdict == "refuted"
    late = judged(claim(source=source, criterion={"at_least": 2.0}))
    assert late.verdict == "not testable"
    assert late.evidence.endswith("not so far in the rows of this run")


def test_a_criterion_that_no_possible_value_meets_decides_nothing(claim):
    found = judged(claim(source={"possible": [0.0, 2.0]}, criterion={"at_least": 3.0}))
    assert (found.verdict, found.evidence) == (
        "not testable",
        "the criterion lets no possible value agree",
    )


def test_rows_without_a_value_to_group_by_are_a_group(claim):
    holed = TABLE.assign(range=[np.nan, np.nan, 1.0, 1.0, 2.0, 2.0], half=TABLE["norm"] / 2)
    by = {"value": "norm", "by": ["range", "seed"]}
    assert judged(claim(source=by), holed).evidence.startswith("0 of 3 (range, seed)")
    second = {**CLAIM["source"], **by, "value": "half"}
    found = judged(claim(source=by, divided_by=second, criterion={"at_most": 2.0}), holed)
    assert found.evidence.startswith("3 of 3 (range, seed); 2 to 2")


@pytest.mark.parametrize("name", ["mine", "nan", "NA", "inf", "None", "true", "1.0", "1", ""])
def test_networks_of_a_users_own_are_left_out(tmp_path, name):
    (tmp_path / "study/data").mkdir(parents=True)
    write_table(tmp_path / "study/data/sweep.csv", TABLE.assign(network=[name, *["paper"] * 5]))
    tables = reader([tmp_path / "study/data/sweep.csv"], others=[name])
    assert len(tables("study/sweep")) == 5


@pytest.mark.parametrize("name", ["nan", "na", "inf", "none", "true", "null"])
def test_a_claim_and_its_paper_may_be_called_what_looks_like_something_else(tmp_path, name):
    (tmp_path / "p.yaml").write_text(
        yaml.safe_dump({"paper": name, "claims": [{**CLAIM, "id": name}]}), encoding="utf-8"
    )
    (tmp_path / "study/data").mkdir(parents=True)
    write_table(tmp_path / "study/data/sweep.csv", TABLE)
    judged = judge_all([tmp_path / "p.yaml"], [tmp_path / "study/data/sweep.csv"])
    write_table(tmp_path / "claims.csv", judged)
    ledger = read_table(tmp_path / "claims.csv")
    pd.testing.assert_frame_equal(ledger, judged, check_dtype=False)
    assert list(verdicts_by_origin(ledger).index) == [name]
    assert list(numbers(tmp_path / "claims.csv")) == [name]
    assert lines(ledger)[0].startswith(f"{name}  expected ≤ 1")


def test_no_line_of_the_ledger_is_an_order_to_the_terminal(ledger):
    told = lines(ledger.assign(tolerance="\x1b[2J", evidence="\x9b2J", verdict="\u202e"))
    assert all(line.isprintable() for line in told)


@pytest.fixture
def ledger(tmp_path):
    """Return the ledger of two claims, one of them surprising."""
    entries = [CLAIM, {**CLAIM, "id": "factor_3", "paper_value": 1e-5, "headline": 1}]
    (tmp_path / "p.yaml").write_text(
        yaml.safe_dump({"paper": "Paper 2026", "claims": entries}), encoding="utf-8"
    )
    (tmp_path / "study/data").mkdir(parents=True)
    TABLE.to_csv(tmp_path / "study/data/sweep.csv", index=False)
    return judge_all([tmp_path / "p.yaml"], [tmp_path / "study/data/sweep.csv"])


def test_unexpected_verdicts_are_listed_and_marked(ledger):
    with pytest.raises(InputError, match=r"2 of 2 verdicts .*: bound_holds, factor_3;"):
        require_expected(ledger)
    assert all(line.endswith("depends  (expected: reproduced)") for line in lines(ledger))


def test_a_line_tells_expected_got_and_ratio(ledger):
    one = ledger.assign(verdict="reproduced", our_value=1.0)
    first, second = lines(one)
    assert first.split()[1:8] == ["expected", "≤", "1", "got", "1", "ratio", "1"]
    assert second.split()[1:7] == ["expected", "10⁻⁵", "got", "1", "ratio", "100000"]


def test_a_line_tells_the_range_of_what_depends(ledger):
    assert "got 0.5 to 1.5 " in lines(ledger)[0]


def test_a_line_tells_the_share_of_answers(ledger):
    answers = ledger.assign(our_value=math.nan, our_lowest=math.nan, our_highest=math.nan)
    assert "got 66.7 % (9.43 to 99.2 %)" in lines(answers)[0]


def test_a_line_tells_why_a_claim_could_not_be_judged(ledger):
    odd = ledger.assign(verdict="not testable", evidence="no rows")
    assert lines(odd)[0].endswith("not testable  (expected: reproduced; no rows)")


def test_a_ledger_says_which_number_is_compared(ledger):
    assert ledger["quantity"][0] == "largest of norm / bound for each seed"


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        ({"log": {"ratio": ["a", 2]}}, "ln (a / 2)"),
        ({"is": ["kind", "line", "cycle"]}, "(kind is line or cycle)"),
        ({"product": [{"at_most": ["a", "b"]}, "c"]}, "((a ≤ b)) · c"),
    ],
)
def test_a_quantity_is_written_as_a_formula(quantity, text):
    assert written(quantity) == text


@pytest.mark.parametrize(
    ("reduction", "text"),
    [
        ("median", "median"),
        ({"slope": {"log": "s"}}, "slope along ln s"),
        ({"first_below": ["s", 0.01]}, "first below 0.01 along s"),
    ],
)
def test_a_reduction_is_written_in_words(reduction, text):
    assert written_reduction(reduction) == text


def test_two_claims_of_one_id_are_refused(tmp_path, ledger):
    with pytest.raises(InputError, match="bound_holds, factor_3"):
        judge_all([tmp_path / "p.yaml"] * 2, [tmp_path / "study/data/sweep.csv"])


@pytest.mark.parametrize(
    ("ids", "papers", "macro"),
    [
        (["a_1", "a_one"], ["P", "P"], r"AOne"),
        (["a_b", "a__b"], ["P", "Q"], r"AB"),
        (["a", "b"], ["A & B", "A_B"], r"AB"),
        (["a", "b"], ["Иванов 2020", "Петров 2020"], r"TwoZeroTwoZero"),
    ],
)
def test_two_names_that_make_one_macro_are_refused(ledger, ids, papers, macro):
    verdicts = ["reproduced", "refuted"]
    with pytest.raises(InputError, match=rf"names that begin with \\{macro}; rename one"):
        macros(ledger.assign(id=ids, paper=papers, verdict=verdicts))


def test_every_number_becomes_a_macro_whose_name_has_letters_only(ledger):
    written = macros(ledger)
    assert r"\newcommand{\FactorThreePaper}{\ensuremath{10^{-5}}}" in written
    assert r"\newcommand{\BoundHoldsShare}{66.7\,\% (9.43 to 99.2\,\%)}" in written
    assert r"\newcommand{\BoundHoldsOurs}{\ensuremath{0.5} to \ensuremath{1.5}}" in written
    assert r"\newcommand{\PaperTwoZeroTwoSixDepends}{2}" in written
    never = macros(ledger.assign(our_value=math.inf))
    assert r"\newcommand{\BoundHoldsOurs}{\ensuremath{\infty}}" in never


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.531, "0.531"),
        (4.818e-6, "4.8 × 10⁻⁶"),
        (1e12, "10¹²"),
        (1190.4, "1190"),
        (4 * math.pi, "4π"),
        (-math.pi, "−π"),
        (-12.57, "−12.6"),
        (-828.0, "−828"),
        (-math.inf, "−∞"),
        (math.nan, "–"),
    ],
)
def test_a_number_is_written_with_three_digits(value, text):
    assert readable(value) == text


def test_the_readme_gets_counts_and_headlines(ledger):
    block = ledger_block(ledger)
    assert "| Paper 2026 | 1 | 0 | 0 | 2 | 0 | 0 | 0 | 0 |" in block
    assert block.count("Theorem 1") == 1
    assert "| ≤ 1 | 0.5 to 1.5 | 66.7 % (9.43 to 99.2 %) | depends |" in block


def test_the_readme_begins_with_how_many_claims_were_judged_and_how_many_fell(ledger):
    fallen = ledger.assign(verdict=["refuted", "not testable"], group=["A", "B"])
    assert "Of 1 claims that papers make" in verdicts_block(fallen)
    assert "1 fell, in 1 of the 1 theorems" in verdicts_block(fallen)


def test_the_readme_begins_with_the_three_most_surprising_verdicts(ledger):
    four = pd.concat([ledger.head(1)] * 4).assign(
        headline=[4, 3, 1, 2],
        statement=["Fourth.", "Third.", "First.", "Second."],
        verdict=["reproduced", "depends", "refuted", "differs"],
    )
    lines = [line for line in verdicts_block(four).splitlines() if line.startswith("- ")]
    expected = ["- **refuted**: First.", "- **differs**: Second.", "- **depends**: Third."]
    assert lines == expected


def test_checks_of_our_own_are_counted_apart(ledger):
    counts = verdicts_by_origin(ledger.assign(origin=["paper", "ours"]))
    assert counts["depends"].to_dict() == {"Paper 2026": 1, "our own checks": 1}


def test_of_what_was_not_found_it_is_said_how_rare_it_has_to_be(ledger):
    row = ledger.assign(verdict="not found", cases=30, share=0.0, share_highest=0.11570)
    assert verdict(row.to_dict("records")[0]) == "not found in 30 (rate below 11.6 %)"
    chosen = row.assign(share_highest=math.nan).to_dict("records")[0]
    assert verdict(chosen) == "not found in 30"


def test_each_figure_knows_its_claims(ledger):
    shown = ledger.assign(figures=["study/a study/b", "study/b"])
    assert claims_of_figures(shown) == {
        "study/a": ["bound_holds"],
        "study/b": ["bound_holds", "factor_3"],
    }


def test_the_block_of_a_readme_is_replaced_and_nothing_else(ledger):
    block = ledger_block(ledger)
    old = f"before\n{block.replace('66.7', '0')}\nafter"
    assert with_block(old, block) == f"before\n{block}\nafter"


def test_the_page_of_claims_has_a_table_for_each_paper_and_one_for_ours(ledger):
    block = claims_block(ledger.assign(origin=["paper", "ours"]))
    assert re.findall(r"^## (.*)$", block, re.MULTILINE) == ["Paper 2026", "our own checks"]
    assert block.count("| claim | agrees if |") == 2


def test_no_sign_of_a_statement_ends_a_cell_or_leans_the_text(ledger):
    block = claims_block(ledger.assign(statement="ρ(A*) is |x|, A* is x_1 < 2."))
    assert block.count(r"| ρ(A\*) is \|x\|, A\* is x\_1 \< 2. (Paper 2026") == len(ledger)
