"""Which listings of activations agree with which criterion of the paper."""

import pytest

from neural_spectra.activations.numpy_activations import scalar_activation
from neural_spectra.studies.affine_maps.stability_listings import (
    CRITERIA,
    contracts,
    stability_listings,
)


@pytest.fixture(scope="module")
def listings():
    return stability_listings().table.set_index(["name", "criterion"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("tanh", True), ("gelu", True), ("softshrink", True), ("relu", False), ("hardtanh", False)],
)
def test_what_is_the_identity_somewhere_does_not_contract(name, expected):
    assert contracts(scalar_activation(name)) is expected


def test_gelu_and_hardswish_meet_the_same_criteria_but_the_strict_one(listings):
    lemma_8, definition_4, *others = CRITERIA
    for criterion in (lemma_8, *others):
        found = {listings.loc[(name, criterion), "meets"] for name in ("gelu", "hardswish")}
        assert len(found) == 1
    assert listings.loc[("gelu", definition_4), "meets"]
    assert not listings.loc[("hardswish", definition_4), "meets"]


def test_no_criterion_gives_both_footnotes(listings):
    agreeing = listings.groupby("criterion", sort=False)["agrees"].sum()
    assert agreeing.tolist() == [8, 13, 21, 22]


def test_lemma_8_implies_definition_4():
    assert stability_listings().residuals["exceptions"] == 0
