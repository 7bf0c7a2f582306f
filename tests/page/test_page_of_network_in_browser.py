"""The page of a user's network in a real browser, without a network."""

from itertools import pairwise

import pytest
from browsers import asked_for, errors, needs_browser, offline_browser

from page.test_page_of_network import page

pytestmark = needs_browser
WIDTHS = [390, 820, 1400]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    file = folder / "index.html"
    file.write_text(page(folder), encoding="utf-8")
    with offline_browser(tmp_path_factory.mktemp("chromium")) as browser:
        browser.get(file.as_uri())
        yield browser


# This one reads what loading has logged: it comes first.
def test_it_opens_without_an_error_and_asks_the_network_for_nothing(browser):
    assert errors(browser) == []
    assert asked_for(browser) & {"http", "https", "ws", "wss", "ftp"} == set()


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(browser, width):
    screen = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    widths = "return [document.documentElement.scrollWidth, window.innerWidth]"
    content, screen_width = browser.execute_script(widths)
    assert content <= screen_width == width


def test_every_picture_is_drawn_and_headings_skip_no_level(browser):
    pictures = "return [...document.images].map(p => [p.complete, p.naturalWidth])"
    assert {tuple(each) for each in browser.execute_script(pictures)} == {(True, 40)}
    levels = "return [...document.querySelectorAll('h1, h2, h3')].map(h => Number(h.tagName[1]))"
    found = browser.execute_script(levels)
    assert found[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(found))


def test_what_scrolls_can_be_reached_from_the_keyboard(browser):
    scrolling = "return [...document.querySelectorAll('.wide, pre')].map(e => e.tabIndex)"
    assert set(browser.execute_script(scrolling)) == {0}
