"""A real browser without a network, and what it has logged."""

import json
import shutil
import time
from contextlib import contextmanager

import pytest
from selenium import webdriver

CHROMIUM, DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
needs_browser = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="needs chromium and chromedriver"
)
QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@contextmanager
def offline_browser(folder):
    """Give a browser that keeps its own files in a folder."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (*QUIET, f"--user-data-dir={folder}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    browser.execute_cdp_cmd("Network.enable", {})
    conditions = {"offline": True, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
    yield browser
    browser.quit()


def wait(browser, script, seconds=120):
    end = time.monotonic() + seconds
    while not browser.execute_script(script):
        assert time.monotonic() < end, script
        time.sleep(0.05)


def open_page(browser, file):
    """Open the page of results and wait until it is ready."""
    browser.get(file.as_uri())
    wait(browser, "return 'ready' in document.body.dataset")


def see_explorer(browser, name):
    """Scroll to an explorer and wait until it is drawn."""
    browser.execute_script(
        "document.getElementById(arguments[0]).scrollIntoView()", f"{name}-explorer"
    )
    wait(browser, f"return 'drawn' in document.getElementById('{name}-explorer').dataset")


def errors(browser):
    """Return what went wrong since this was last asked."""
    return [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def asked_for(browser):
    """Return the kinds of addresses that were asked for since this was last asked."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return {
        event["params"]["request"]["url"].partition(":")[0]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
