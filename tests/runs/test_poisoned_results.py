"""A folder of results from somebody else runs nothing in the browser of who reads its page."""

import pandas as pd
import pytest
from browsers import asked_for, errors, needs_browser, offline_browser, open_page, see_explorer
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from neural_spectra.workflow.csv_tables import read_table, write_table
from neural_spectra.workflow.records import checksum, read_record, write_record

pytestmark = needs_browser
# Each sets a mark when it is run.
MARKUP = (
    '<img src=x onerror="window.ran=1">',
    "</script><script>window.ran=1</script>",
    "<svg onload=window.ran=1>",
    '" onmouseover="window.ran=1" autofocus onfocus="window.ran=1',
    "<!--<script>window.ran=1</script>",
    '<a href="javascript:window.ran=1">x</a>',
    "<style>*{background:url(https://example.org)}</style>",
    '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
    "${window.ran=1}{{ 7 * 7 }}`x <javascript:window.ran=1>`_",
)
# Names that the page looks up, and would refuse otherwise.
NAMES = {"claims.csv": ["id", "figure", "verdict", "expected"]}
PAGES = ["report/page.html", "index.html", "claims/report/claims.html"]
# What was computed and drawn stays as somebody has written it.
ONLY_PAGES = ["--allowed-rules", "page_text", "page", "report_tables", "--"]
ONLY_PAGES += [f"results/{page}" for page in PAGES]


def poison(table):
    """Put markup into every text in a table, and let its record say that this was written."""
    content = read_table(table)
    texts = content.select_dtypes(include=["str", "bool"]).columns
    for k, name in enumerate(set(texts) - set(NAMES.get(table.name, []))):
        rows = range(k, k + len(content))
        content[name] = [
            f"{MARKUP[row % len(MARKUP)]}{text}"
            for row, text in zip(rows, content[name], strict=True)
        ]
    write_table(table, content)
    return list(texts)


@pytest.fixture(scope="module")
def poisoned(shared):
    """The pages of results whose tables, and what their records tell, were written by somebody."""
    tables = [file for file in shared.results.rglob("*.csv") if "parts" not in file.parts]
    assert sum(len(poison(table)) for table in tables) > 100
    for file in shared.results.rglob("*.json"):
        record = read_record(file)
        changed = {
            name: checksum(shared.folder / name)
            for name in record.get("outputs", {})
            if (shared.folder / name).exists()
        }
        versions = record["versions"] | {MARKUP[0]: MARKUP[1]}
        write_record(file, record | {"outputs": changed, "versions": versions})
    for page in PAGES:
        (shared.results / page).unlink()
    status, printed = shared.run(*ONLY_PAGES)
    assert status == 0, printed
    return shared.results


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    with offline_browser(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture
def browser(opened):
    """The same browser for each test, whose logs tell of nothing before it."""
    errors(opened), asked_for(opened)
    return opened


def ran(browser):
    return browser.execute_script("return window.ran")


def test_the_mark_is_set_where_markup_is_run(browser, tmp_path):
    (tmp_path / "page.html").write_text(f"<p>{''.join(MARKUP[:2])}", encoding="utf-8")
    browser.get((tmp_path / "page.html").as_uri())
    assert ran(browser) == 1


def test_the_page_of_poisoned_results_shows_markup_as_text_and_runs_none(browser, poisoned):
    open_page(browser, poisoned / "index.html")
    for name in ("scale", "models"):
        see_explorer(browser, name)
    for slider in ("scale", "model"):
        browser.find_element(By.ID, slider).send_keys("\ue014")  # The right arrow.
    for name in ("weights", "range", "depth", "activation", "bias", "paper"):
        choices = Select(browser.find_element(By.ID, name))
        choices.select_by_index(len(choices.options) - 1)
    shown = browser.find_element(By.ID, "model-numbers").text
    assert any(markup in shown for markup in MARKUP)
    assert ran(browser) is None
    # Nothing was tried, so that the policy had nothing to stop.
    assert errors(browser) == []
    assert asked_for(browser) & {"http", "https"} == set()


def test_a_table_of_poisoned_results_for_the_report_runs_nothing(browser, poisoned):
    browser.get((poisoned / "claims/report/claims.html").as_uri())
    assert any(markup in browser.page_source or markup in text(browser) for markup in MARKUP)
    assert ran(browser) is None
    assert errors(browser) == []


def text(browser):
    return browser.find_element(By.TAG_NAME, "body").text


@pytest.mark.parametrize("page", ["index.html", "claims/report/claims.html"])
def test_markup_that_came_into_a_page_would_still_not_run(page, browser, poisoned, tmp_path):
    content = (poisoned / page).read_text(encoding="utf-8")
    opened = content.replace("</body>", f"{''.join(MARKUP)}</body>")
    assert opened != content
    (tmp_path / "opened.html").write_text(opened, encoding="utf-8")
    browser.get((tmp_path / "opened.html").as_uri())
    assert ran(browser) is None
    assert "Content Security Policy" in errors(browser)[0]["message"]
    assert asked_for(browser) & {"http", "https"} == set()


def test_a_verdict_that_is_none_is_refused(poisoned, shared):
    ledger = poisoned / "claims/claims.csv"
    content = pd.read_csv(ledger, dtype=str, keep_default_na=False)
    content.loc[0, "verdict"] = "\n\n.. raw:: html\n\n   <script>window.ran=1</script>"
    content.to_csv(ledger, index=False)
    record = read_record(ledger.with_suffix(".json"))
    record["outputs"]["results/claims/claims.csv"] = checksum(ledger)
    write_record(ledger.with_suffix(".json"), record)
    status, printed = shared.run(*ONLY_PAGES)
    assert status == 1
    assert "is no verdict; delete the file and run again" in printed
