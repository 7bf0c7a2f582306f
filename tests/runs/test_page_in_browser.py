"""The page of a finished run in a real browser, without a network."""

import re
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.request import urlopen

import pytest
from browsers import (
    asked_for,
    errors,
    needs_browser,
    offline_browser,
    open_page,
    see_explorer,
    wait,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

pytestmark = needs_browser
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
DESK = {"width": 1400, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
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
    on_screen(opened, DESK)
    yield opened
    opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def find(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def on_screen(browser, screen):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    wait(browser, f"return window.innerWidth === {screen['width']}")


def go(browser, address):
    """Follow a link to a place in the page, as one in a mail or on another page."""
    browser.execute_script("location.hash = arguments[0]", address)
    wait(browser, "return true")


def claims(browser):
    return browser.find_elements(By.CSS_SELECTOR, "#ledger tr[id]")


def shown_claims(browser):
    return [row for row in claims(browser) if row.is_displayed()]


def in_view(browser, selector):
    """Wait until an element stands at the top of the screen."""
    top = f"document.querySelector('{selector}').getBoundingClientRect().top"
    wait(browser, f"return {top} > -50 && {top} < 200")


@pytest.fixture
def explorers(browser):
    """The browser, with the explorers drawn, which come into view."""
    for name in ("scale", "models"):
        see_explorer(browser, name)
    return browser


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


def test_it_begins_with_what_came_out(browser):
    assert find(browser, "main h2").text.startswith("Summary")
    studies = browser.find_elements(By.CSS_SELECTOR, "section.study")
    assert len(studies) == 4
    for study in studies:
        assert "reproduced" in study.text
        assert study.find_elements(By.CSS_SELECTOR, ".surprises li")
        assert study.find_elements(By.CSS_SELECTOR, ".thumbnails img")


def test_what_is_not_simply_reproduced_stands_before_the_rest_which_is_folded(browser):
    folded = browser.find_elements(By.CSS_SELECTOR, "#ledger .group tr[id]")
    assert {row.get_attribute("data-verdict") for row in folded} == {"reproduced"}
    first = [row for row in claims(browser) if row not in folded]
    assert shown_claims(browser) == first
    for row in first:
        surprising = "unexpected" in row.get_attribute("class")
        assert surprising or row.get_attribute("data-verdict") != "reproduced"


@pytest.mark.parametrize("name", ["paper", "verdict"])
def test_a_filter_leaves_the_claims_that_it_names(browser, name):
    every = len(claims(browser))
    chosen = Select(find(browser, f"#{name}"))
    wanted = claims(browser)[-1].get_attribute(f"data-{name}")
    chosen.select_by_visible_text(wanted)
    left = shown_claims(browser)
    assert {row.get_attribute(f"data-{name}") for row in left} == {wanted}
    assert find(browser, "#shown").text == f"{len(left)} of {every} claims"
    find(browser, "#filters button").click()
    wait(browser, f"return document.getElementById('shown').value === '{every} of {every} claims'")


def test_the_address_has_the_filters_and_brings_them_back(browser):
    Select(find(browser, "#verdict")).select_by_visible_text("refuted")
    left = len(shown_claims(browser))
    kept = browser.execute_script("return location.hash")
    assert kept == "#claims?verdict=refuted"
    find(browser, "#filters button").click()
    wait(browser, "return location.hash === '#claims'")
    go(browser, kept)
    wait(browser, "return document.getElementById('verdict').value === 'refuted'")
    assert len(shown_claims(browser)) == left
    go(browser, "#claims")


def test_a_link_to_a_claim_shows_and_marks_it_whatever_is_filtered_or_folded(browser):
    hidden = claims(browser)[-1].get_attribute("id")
    Select(find(browser, "#verdict")).select_by_visible_text("refuted")
    go(browser, f"#{hidden}")
    in_view(browser, f"#{hidden}")
    assert find(browser, f"#{hidden}").is_displayed()
    assert find(browser, ".marked").get_attribute("id") == hidden
    go(browser, "#claims")


def test_a_search_leaves_the_claims_with_its_words(browser):
    every = len(claims(browser))
    name = find(browser, "#ledger tbody tr code").text
    find(browser, "#text").send_keys(name)
    left = shown_claims(browser)
    assert 0 < len(left) < every
    assert all(name in row.get_attribute("textContent") for row in left)
    find(browser, "#text").send_keys("no claim says this")
    assert shown_claims(browser) == []
    assert find(browser, "#none").is_displayed()
    find(browser, "#text").send_keys(Keys.CONTROL + "a", Keys.DELETE)
    assert not find(browser, "#none").is_displayed()


def test_unexpected_verdicts_can_be_seen_alone(browser):
    marked = len(browser.find_elements(By.CSS_SELECTOR, "#ledger tr.unexpected"))
    find(browser, "#unexpected").send_keys(Keys.SPACE)
    assert len(shown_claims(browser)) == marked
    find(browser, "#unexpected").send_keys(Keys.SPACE)


def test_a_claim_leads_to_its_figure(browser):
    link = find(browser, "#ledger a[href^='#figure-']")
    target = link.get_attribute("href").partition("#")[2]
    link.send_keys(Keys.ENTER)
    in_view(browser, f"#{target}")


def test_the_contents_stay_in_view_and_name_every_figure(browser):
    figures = {each.get_attribute("id") for each in browser.find_elements(By.TAG_NAME, "figure")}
    links = browser.find_elements(By.CSS_SELECTOR, "#contents a")
    listed = {link.get_attribute("href").partition("#")[2] for link in links}
    assert figures <= listed
    go(browser, "#tables")
    in_view(browser, "#tables")
    assert 0 <= find(browser, "#sought").rect["y"] - browser.execute_script("return scrollY") < 200


@pytest.mark.parametrize("kind", ["Claim", "Figure", "Table"])
def test_the_search_finds_claims_figures_and_tables(browser, kind):
    sought = find(browser, "#sought")
    sought.send_keys("orbits")
    hits = browser.find_elements(By.CSS_SELECTOR, "#hits a")
    hit = next(hit for hit in hits if hit.text.startswith(f"{kind}: "))
    target = hit.get_attribute("href").partition("#")[2]
    hit.send_keys(Keys.ENTER)
    in_view(browser, f"#{target}")
    sought.send_keys(Keys.CONTROL + "a", Keys.DELETE)


def test_a_search_without_a_hit_says_so(browser):
    find(browser, "#sought").send_keys("orbits xyzzy")
    assert find(browser, "#hits").text == "Nothing holds all these words."
    find(browser, "#sought").send_keys(Keys.CONTROL + "a", Keys.DELETE)


def test_on_a_phone_the_contents_are_a_menu_that_closes_behind_a_choice(browser):
    on_screen(browser, PHONE)
    wait(browser, "return !document.getElementById('menu').open")
    find(browser, "#menu summary").click()
    find(browser, "#contents a[href='#tables']").click()
    in_view(browser, "#tables")
    assert find(browser, "#menu").get_attribute("open") is None


def test_the_scale_changes_everything_beside_it(explorers):
    before = [drawn(explorers, plot) for plot in SCALE_PLOTS]
    numbers = find(explorers, "#scale-numbers").text
    find(explorers, "#scale").send_keys(Keys.ARROW_RIGHT)
    after = [drawn(explorers, plot) for plot in SCALE_PLOTS]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert find(explorers, "#scale-numbers").text != numbers
    assert find(explorers, "#scale").get_attribute("aria-valuetext").startswith("s = ")


def test_the_slider_over_models_changes_their_plots_and_the_choices(explorers):
    find(explorers, "#model").send_keys(Keys.HOME)
    before = [drawn(explorers, plot) for plot in MODEL_PLOTS]
    bias = find(explorers, "#bias").get_attribute("value")
    find(explorers, "#model").send_keys(Keys.ARROW_RIGHT)
    after = [drawn(explorers, plot) for plot in MODEL_PLOTS]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert find(explorers, "#bias").get_attribute("value") != bias


@pytest.mark.parametrize("name", ["weights", "range", "depth", "activation"])
def test_a_choice_shows_a_model_that_has_it_and_keeps_the_other_choices_it_can(explorers, name):
    chosen = Select(find(explorers, f"#{name}"))
    wanted = next(option.text for option in chosen.options if not option.is_selected())
    bias = find(explorers, "#bias").get_attribute("value")
    numbers = find(explorers, "#model-numbers").text
    chosen.select_by_visible_text(wanted)
    assert Select(find(explorers, f"#{name}")).first_selected_option.text == wanted
    assert find(explorers, "#bias").get_attribute("value") == bias
    assert find(explorers, "#model-numbers").text != numbers


def test_a_figure_is_enlarged_and_closed_from_the_keyboard(browser):
    button = find(browser, "button.enlarge")
    dialog = find(browser, "#enlarged")
    button.send_keys(Keys.ENTER)
    assert dialog.is_displayed()
    picture = dialog.find_element(By.TAG_NAME, "img")
    assert picture.get_attribute("alt") == find(browser, "figure img").get_attribute("alt")
    # Sharp at every size, also on a phone.
    assert find(browser, "#sharp").get_attribute("href").endswith(".pdf")
    browser.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not dialog.is_displayed()
    assert browser.switch_to.active_element == button


def test_every_picture_is_there_and_has_a_text(browser):
    pictures = browser.execute_script(
        "return [...document.querySelectorAll('figure img')].map(p => [p.naturalWidth, p.alt])"
    )
    assert pictures
    assert all(width > 100 and text for width, text in pictures)


def test_every_plot_is_described(explorers):
    for plot in [*SCALE_PLOTS, *MODEL_PLOTS]:
        assert len(find(explorers, f"#plot-{plot}").get_attribute("aria-label")) > 10


def test_another_network_of_the_explorer_has_curves_of_its_own(explorers):
    # Shifted networks have the same saturation at every scale.
    plots = [plot for plot in SCALE_PLOTS if plot != "delta"]
    before = [drawn(explorers, plot) for plot in plots]
    chosen = Select(find(explorers, "#network"))
    wanted = next(option.text for option in chosen.options if not option.is_selected())
    assert "_" not in wanted
    chosen.select_by_visible_text(wanted)
    after = [drawn(explorers, plot) for plot in plots]
    assert all(old != new for old, new in zip(before, after, strict=True))
    assert "proved window of ln|μ|" in find(explorers, "#scale-numbers").text


def test_eigenvalues_outside_of_the_picture_are_counted(explorers):
    outside = find(explorers, "#models-explorer #model-numbers").text
    assert re.search(r"eigenvalues outside of the picture\s+\d+ of \d+", outside)


def test_what_is_printed_has_everything_open_and_no_menu(browser):
    browser.execute_script("dispatchEvent(new Event('beforeprint'))")
    closed = "return document.querySelectorAll('main details:not([open])').length"
    assert browser.execute_script(closed) == 0
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert not find(browser, "#menu").is_displayed()
    assert find(browser, "#ledger tr[id]").is_displayed()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_a_heading_and_a_row_have_links_to_themselves(browser):
    for place in ("h2[id], h3[id]", "#ledger tr[id]", "figure"):
        for found in browser.find_elements(By.CSS_SELECTOR, place):
            name = found.get_attribute("id")
            assert found.find_elements(By.CSS_SELECTOR, f"a[href='#{name}']"), name


def test_every_file_that_it_links_to_is_there(browser, finished):
    links = browser.execute_script(
        "return [...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"
    )
    files = {link for link in links if not link.startswith(("#", "http"))}
    assert files
    assert {file for file in files if not (finished.results / file).is_file()} == set()


# A phone, between the layouts of a table and of cards, and a laptop at 200 %.
@pytest.mark.parametrize("width", [390, 700, 769, 810, 850, 1000, 1210])
def test_nothing_is_wider_than_the_screen(browser, width):
    on_screen(browser, PHONE | {"width": width})
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    widths = "return [document.documentElement.scrollWidth, window.innerWidth]"
    assert browser.execute_script(widths) == [width, width]
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = false })")


def test_dark_mode_darkens_the_page_and_lights_the_plots_text(explorers):
    colours = """return [getComputedStyle(document.body).backgroundColor,
        document.querySelector('#plot-delta')._fullLayout.font.color]"""
    emulate_dark(explorers, "light")
    wait(
        explorers, "return getComputedStyle(document.body).backgroundColor === 'rgb(255, 255, 255)'"
    )
    light = explorers.execute_script(colours)
    emulate_dark(explorers, "dark")
    wait(explorers, "return document.querySelector('#plot-delta')._fullLayout.font.color[1] > '9'")
    dark = explorers.execute_script(colours)
    assert all(old != new for old, new in zip(light, dark, strict=True))


# The last one, since it leaves the page from disk.
def test_it_is_the_same_from_a_web_server(browser, finished):
    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = partial(Handler, directory=finished.results)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        online = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        browser.execute_cdp_cmd("Network.emulateNetworkConditions", online)
        errors(browser)
        browser.get(f"http://127.0.0.1:{server.server_port}/index.html")
        wait(browser, "return 'ready' in document.body.dataset")
        see_explorer(browser, "scale")
        with urlopen(find(browser, "figure .sharp").get_attribute("href")) as answer:
            assert answer.read(4) == b"%PDF"
        assert errors(browser) == []
        server.shutdown()
