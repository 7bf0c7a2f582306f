"""What figures draw of the ledger's criteria: the range in which a number agrees."""

from pathlib import Path

import pytest

from neural_spectra.claims.agreement_bands import agreements
from neural_spectra.claims.claim_files import read_claims
from neural_spectra.errors import InputError
from neural_spectra.studies.saturation.paper_numbers import CLAIMS

LEDGER = Path(__file__).parents[2] / "config/claims/saturation.yaml"
CLAIM = """paper: A paper
claims:
  - id: one
    kind: number
    group: Fig. 1
    place: Fig. 1
    statement: It is one.
    quantifier: number
    paper_value: 1
    source: {{table: saturation/monodromy, value: det, possible: [0, .inf]}}
    criterion: {criterion}
    because: It is.
    expected_from: the paper
"""


@pytest.fixture
def ledger(tmp_path):
    def written(criterion):
        file = tmp_path / "claims.yaml"
        file.write_text(CLAIM.format(criterion=criterion), encoding="utf-8")
        return file

    return written


def test_the_ranges_are_those_of_the_ledger():
    claims = {claim.id: claim for claim in read_claims(LEDGER).claims}
    found = agreements(LEDGER, CLAIMS.values()).set_index("claim")
    assert list(found.index) == list(CLAIMS.values())
    for name, row in found.iterrows():
        assert (row["lowest"], row["highest"]) == claims[name].criterion.limits()
        assert row["paper"] == claims[name].paper_value


@pytest.mark.parametrize(
    ("criterion", "lowest", "highest", "axis"),
    [
        ("{near: 1, factor: 2}", 0.5, 2, "logarithmic"),
        ("{near: 1, absolute: 0.25}", 0.75, 1.25, "linear"),
        ("{at_least: 0.5, at_most: 4}", 0.5, 4, "linear"),
    ],
)
def test_a_factor_is_judged_on_a_logarithmic_axis(ledger, criterion, lowest, highest, axis):
    (row,) = agreements(ledger(criterion), ["one"]).itertuples()
    assert (row.lowest, row.highest, row.axis) == (lowest, highest, axis)


def test_another_criterion_gives_another_range(ledger):
    ranges = [
        agreements(ledger(f"{{near: 1, absolute: {width}}}"), ["one"])["highest"].item()
        for width in (0.1, 0.2)
    ]
    assert ranges == [1.1, 1.2]


def test_a_claim_that_is_not_there_or_open_to_one_side_is_refused_by_name(ledger):
    file = ledger("{at_most: 2}")
    with pytest.raises(InputError, match="the claim 'two'"):
        agreements(file, ["two"])
    with pytest.raises(InputError, match="the claim 'one'; give its criterion near"):
        agreements(file, ["one"])
