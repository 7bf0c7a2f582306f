"""The ledger of a real run: complete, loud about what is missing, alert to every disturbed cell."""

import pandas as pd
import pytest
import yaml
from copies import ROOT
from mutations import unnoticed

from neural_spectra.claims.claim_expressions import is_yes_or_no
from neural_spectra.claims.claim_files import SCHEMA, Claims, read_claims
from neural_spectra.claims.judging import agreeing, judge
from neural_spectra.claims.ledger import reader
from neural_spectra.claims.verdicts import other_outcome, verdict_on
from neural_spectra.page.readme_blocks import (
    CLAIMS_PAGE,
    README,
    SNAPSHOT,
    claims_block,
    ledger_block,
    verdicts_block,
)
from neural_spectra.workflow.csv_tables import read_table, write_table
from neural_spectra.workflow.table_of_figures import read_figures

STUDIES = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))["studies"]
FILES = {study: ROOT / f"config/claims/{study}.yaml" for study in STUDIES}
PAPERS = {study: read_claims(file) for study, file in FILES.items()}
CLAIMS = {claim.id: claim for paper in PAPERS.values() for claim in paper.claims}
TESTABLE = [claim for claim in CLAIMS.values() if claim.not_testable is None]


@pytest.fixture(scope="module")
def tables(finished):
    return reader(finished.results.glob("*/data/*.csv"))


@pytest.fixture(scope="module")
def ledger(finished):
    return read_table(finished.results / "claims/claims.csv").set_index("id")


def test_every_file_of_claims_belongs_to_a_study():
    assert set((ROOT / "config/claims").iterdir()) == set(FILES.values())


def test_the_schema_of_the_claims_is_the_one_of_the_model():
    assert (ROOT / SCHEMA).read_text(encoding="utf-8") == Claims.schema_text()


def test_the_ledger_has_a_row_for_every_claim(ledger):
    assert list(ledger.index) == list(CLAIMS)


@pytest.mark.parametrize("claim", TESTABLE, ids=lambda claim: claim.id)
def test_every_claim_finds_its_rows_in_the_tiny_run(claim, ledger):
    assert ledger.loc[claim.id, "verdict"] != "not testable", ledger.loc[claim.id, "evidence"]


@pytest.mark.parametrize("claim", TESTABLE, ids=lambda claim: claim.id)
def test_every_disturbed_cell_that_a_claim_reads_is_noticed(claim, tables):
    assert unnoticed(claim, tables) == []


def verdicts(tables):
    """Judge every claim by some tables; return verdicts and evidence by id."""
    found = {name: judge(claim, tables) for name, claim in CLAIMS.items()}
    return pd.DataFrame({name: vars(each) for name, each in found.items()}).T


def at_other_scales(name, table):
    """Sweep one of two tables that are compared over fewer scales than the other one."""
    return table[~table["s"].isin([2.0, 8.0])] if name == "saturation/scale_sweep" else table


def at_one_scale(_, table):
    return table[table["s"] == 1.0] if "s" in table else table


def of_one_seed(_, table):
    return table[table["seed"] == 0] if "seed" in table else table


@pytest.mark.parametrize("change", [at_other_scales, at_one_scale, of_one_seed])
def test_tables_of_other_settings_are_judged_as_far_as_they_go(change, tables, ledger):
    found = verdicts(lambda name: change(name, tables(name)))
    open_ones = found[found["verdict"] == "not testable"]
    assert open_ones["evidence"].all()
    if change is at_other_scales:
        assert found["verdict"].to_dict() == ledger["verdict"].to_dict()
    if change is at_one_scale:
        assert {"weight_factor_linear", "improvement_monotone"} <= set(open_ones.index)


def test_a_network_of_a_users_own_changes_no_verdict(finished, tmp_path, ledger):
    for file in finished.results.glob("*/data/*.csv"):
        table = read_table(file)
        if "network" in table:
            # Nothing that any claim allows.
            mine = table.assign(network="mine", **dict.fromkeys(numbers_of(table), 1e300))
            table = pd.concat([table, mine])
        (tmp_path / file.parts[-3] / "data").mkdir(parents=True, exist_ok=True)
        write_table(tmp_path / file.parts[-3] / "data" / file.name, table)
    files = list(tmp_path.glob("*/data/*.csv"))
    assert verdicts(reader(files, ["mine"]))["verdict"].to_dict() == ledger["verdict"].to_dict()
    assert verdicts(reader(files))["verdict"].to_dict() != ledger["verdict"].to_dict()


def numbers_of(table):
    return [name for name in table.select_dtypes("number") if name not in ("seed", "s")]


@pytest.mark.parametrize("claim", TESTABLE, ids=lambda claim: claim.id)
def test_the_ledger_states_an_outcome_that_is_judged_otherwise(claim, tables, ledger):
    numbers, required = agreeing(claim, tables)
    low, high = claim.criterion.limits()
    answers = is_yes_or_no(claim.source.value, tables(claim.source.table))
    answers = answers and bool(numbers.isin([0, 1]).all())
    before = numbers.between(low, high) & required
    outcome = other_outcome(claim, before, answers)
    # With the number put in, and with what else is asked for.
    numbers.iloc[outcome.cases], required.iloc[outcome.cases] = outcome.number, True
    verdict = verdict_on(claim, numbers.between(low, high) & required)
    assert verdict != verdict_on(claim, before)
    assert ledger.loc[claim.id, "otherwise"].startswith(f"{verdict} ")


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_a_claim_is_linked_to_figures_that_the_run_draws(claim, finished):
    for figure in claim.figures:
        study, name = figure.split("/")
        assert (finished.results / study / "figures" / f"{name}.png").exists()


def test_every_figure_shows_some_claim():
    assert set(read_figures()) == {figure for claim in CLAIMS.values() for figure in claim.figures}


def test_the_readme_shows_at_most_eight_claims_each_at_a_place_of_its_own():
    places = sorted(claim.headline for claim in CLAIMS.values() if claim.headline is not None)
    assert places == list(range(1, len(places) + 1))
    assert len(places) <= 8


def only(workflow, **changes):
    """Leave one claim in the ledger of a copy of the run, with some keys changed."""
    for study, file in FILES.items():
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        content["claims"] = content["claims"][: study == "saturation"]
        for claim in content["claims"]:
            claim.update(expected="reproduced", headline=None, **changes)
        (workflow.folder / "config/claims" / file.name).write_text(
            yaml.safe_dump(content), encoding="utf-8"
        )
    # Tables of figures draw what other claims accept.
    return workflow.run("--allowed-rules", "judge_claims", "claims", "--", "claims")


def test_a_ledger_as_expected_is_printed_line_by_line(shared):
    status, printed = only(shared)
    assert status == 0, printed
    assert PAPERS["saturation"].claims[0].id in printed
    assert "ratio" in printed


def test_an_unexpected_verdict_fails_and_is_named(shared):
    never = {"at_least": 1e12}
    status, printed = only(shared, criterion=never)
    assert status != 0
    claim = PAPERS["saturation"].claims[0]
    assert f"1 of 1 verdicts are not the expected ones: {claim.id};" in printed


def test_a_missing_column_fails_in_one_sentence_that_names_claim_and_table(shared):
    source = yaml.safe_load(FILES["saturation"].read_text(encoding="utf-8"))["claims"][0]["source"]
    status, printed = only(shared, source={**source, "value": "nonsense"})
    assert status != 0
    claim = PAPERS["saturation"].claims[0]
    assert f"claim {claim.id}: table {source['table']}: it has no column 'nonsense'" in printed
    assert "Traceback" not in printed


def test_readme_and_documentation_show_the_ledger_of_the_default_run():
    snapshot, readme = read_table(ROOT / SNAPSHOT), (ROOT / README).read_text(encoding="utf-8")
    assert ledger_block(snapshot) in readme
    assert verdicts_block(snapshot) in readme
    assert claims_block(snapshot) in (ROOT / CLAIMS_PAGE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "column", ["statement", "place", "quantifier", "origin", "kind", "group", "expected"]
)
def test_the_ledger_behind_the_readme_is_that_of_the_claims(column):
    snapshot = read_table(ROOT / SNAPSHOT).set_index("id")[column]
    pd.testing.assert_series_equal(
        snapshot,
        pd.Series({name: getattr(claim, column) for name, claim in CLAIMS.items()}, name=column),
        check_names=False,
        check_index_type=False,
    )


def test_the_ledger_behind_the_readme_came_out_as_expected():
    snapshot = read_table(ROOT / SNAPSHOT)
    assert (snapshot["verdict"] == snapshot["expected"]).all()
