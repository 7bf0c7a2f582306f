"""The page of a finished run in a real browser, without a network."""

import pytest
from browsers import asked_for, errors, needs_browser, offline_browser, open_page, wait
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

pytestmark = needs_browser
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
SCALE_PLOTS = ["portrait", "delta", "norm", "determinant", "multipliers"]
MODEL_PLOTS = ["field", "radius", "spectrum"]


@pytest.fixture(scope="module")
def opened(finished, tmp_path_factory):
    """Give the browser with the page opened from disk."""
    with offline_browser(tmp_path_factory.mktemp("chromium")) as browser:
        open_page(browser, finished.results / "index.html")
        yield browser


@pytest.fixture
def browser(opened):
    """The same browser, each test on a screen of its own."""
    yield opened
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def find(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def shown_claims(browser):
    rows = browser.find_elements(By.CSS_SELECTOR, "#ledger tbody tr")
    return [row for row in rows if row.is_displayed()]


def drawn(browser, plot):
    """Return the numbers that a plot shows."""
    script = "return JSON.stringify(document.getElementById(arguments[0])._fullData.map(\
        (trace) => [trace.x, trace.y, trace.z]))"
    return browser.execute_script(script, f"plot-{plot}")


def emulate_dark(browser, scheme):
    feature = {"name": "prefers-color-scheme", "value": scheme}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


# This one reads what loading has logged: it comes first.
def test_it_opens_without_an_error_and_asks_the_network_for_nothing(browser):
    assert errors(browser) == []
    asked = asked_for(browser)
    assert "file" in asked
    assert asked & {"http", "https", "ws", "wss", "ftp"} == set()


@pytest.mark.parametrize("name", ["paper", "verdict"])
def test_a_filter_leaves_the_claims_that_it_names(browser, name):
    every = len(shown_claims(browser))
    chosen = Select(find(browser, f"#{name}"))
    wanted = shown_claims(browser)[0].get_attribute(f"data-{name}")
    chosen.select_by_visible_text(wanted)
    left = shown_claims(browser)
    assert {row.get_attribute(f"data-{name}") for row in left} == {wanted}
    assert find(browser, "#shown").text == f"{len(left)} of {every} claims"
    chosen.select_by_index(0)
    assert len(shown_claims(browser)) == every


def test_a_search_leaves_the_claims_with_its_words(browser):
    every = len(shown_claims(browser))
    name = find(browser, "#ledger tbody tr code").text
    find(browser, "#text").send_keys(name)
    left = shown_claims(browser)
    assert 0 < len(left) < every
    assert all(name in row.get_attribute("textContent") for row in left)
    find(browser, "#text").send_keys(Keys.CONTROL + "a", Keys.DELETE)
    assert len(shown_claims(browser)) == every


def test_unexpected_verdicts_can_be_seen_alone(browser):
    marked = len(browser.find_elements(By.CSS_SELECTOR, "#ledger tr.unexpected"))
    find(browser, "#unexpected").send_keys(Keys.SPACE)
    assert len(shown_claims(browser)) == marked
    find(browser, "#unexpected").send_keys(Keys.SPACE)


def test_a_claim_leads_to_its_figure(browser):
    link = find(browser, "#ledger a[href^='#figure-']")
    target = link.get_attribute("href").partition("#")[2]
    link.send_keys(Keys.ENTER)
    wait(browser, f"return document.querySelector('#{target}').getBoundingClientRect().top < 200")


def test_the_scale_changes_everything_beside_it(browser):
    before = [drawn(browser, plot) for plot in SCALE_PLOTS]
    numbers = find(browser, "#scale-numbers").text
    find(browser, "#scale").send_keys(Keys.ARROW_RIGHT)
    after = [drawn(browser, plot) for plot in SCALE_PLOTS]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert find(browser, "#scale-numbers").text != numbers
    assert find(browser, "#scale").get_attribute("aria-valuetext").startswith("s = ")


def test_the_slider_over_models_changes_their_plots_and_the_choices(browser):
    before = [drawn(browser, plot) for plot in MODEL_PLOTS]
    bias = find(browser, "#bias").get_attribute("value")
    find(browser, "#model").send_keys(Keys.ARROW_RIGHT)
    after = [drawn(browser, plot) for plot in MODEL_PLOTS]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert find(browser, "#bias").get_attribute("value") != bias


@pytest.mark.parametrize("name", ["weights", "range", "depth", "activation"])
def test_a_choice_shows_a_model_that_has_it_and_keeps_the_other_choices_it_can(browser, name):
    chosen = Select(find(browser, f"#{name}"))
    wanted = next(option.text for option in chosen.options if not option.is_selected())
    bias = find(browser, "#bias").get_attribute("value")
    numbers = find(browser, "#model-numbers").text
    chosen.select_by_visible_text(wanted)
    assert Select(find(browser, f"#{name}")).first_selected_option.text == wanted
    assert find(browser, "#bias").get_attribute("value") == bias
    assert find(browser, "#model-numbers").text != numbers


def test_a_figure_is_enlarged_and_closed_from_the_keyboard(browser):
    button = find(browser, "button.enlarge")
    dialog = find(browser, "#enlarged")
    button.send_keys(Keys.ENTER)
    assert dialog.is_displayed()
    picture = dialog.find_element(By.TAG_NAME, "img")
    assert picture.get_attribute("alt") == find(browser, "figure img").get_attribute("alt")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not dialog.is_displayed()
    assert browser.switch_to.active_element == button


def test_every_picture_is_there_and_has_a_text(browser):
    pictures = browser.execute_script(
        "return [...document.querySelectorAll('figure img')].map(p => [p.naturalWidth, p.alt])"
    )
    assert pictures
    assert all(width > 100 and text for width, text in pictures)


def test_every_plot_is_described(browser):
    for plot in [*SCALE_PLOTS, *MODEL_PLOTS]:
        assert len(find(browser, f"#plot-{plot}").get_attribute("aria-label")) > 10


def test_every_file_that_it_links_to_is_there(browser, finished):
    links = browser.execute_script(
        "return [...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
    )
    files = {link for link in links if not link.startswith(("#", "http"))}
    assert files
    assert {file for file in files if not (finished.results / file).is_file()} == set()


def test_nothing_is_wider_than_a_phone(browser):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    widths = "return [document.documentElement.scrollWidth, window.innerWidth]"
    wait(browser, "return window.innerWidth === 390")
    assert browser.execute_script(widths) == [390, 390]
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = false })")


def test_dark_mode_darkens_the_page_and_lights_the_plots_text(browser):
    colours = """return [getComputedStyle(document.body).backgroundColor,
        document.querySelector('#plot-delta')._fullLayout.font.color]"""
    emulate_dark(browser, "light")
    wait(browser, "return getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'")
    light = browser.execute_script(colours)
    emulate_dark(browser, "dark")
    wait(browser, "return document.querySelector('#plot-delta')._fullLayout.font.color[1] > '9'")
    dark = browser.execute_script(colours)
    assert all(old != new for old, new in zip(light, dark, strict=True))
