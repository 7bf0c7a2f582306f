"""The documentation site: it builds without a warning, and needs nothing from elsewhere."""

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from browsers import asked_for, needs_browser, offline_browser, wait
from copies import ROOT

pytest.importorskip("mkdocs", reason="make docs or make test installs what builds the site")

RESULT = ".md-search-result__link"


class Links(HTMLParser):
    """What a page links to and what it loads, and the places in it that can be linked to."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.places = [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.places |= {found.get("id"), found.get("name")}
        address = found.get("href") or found.get("src")
        if address is not None and found.get("rel") != "canonical":
            (self.links if tag == "a" else self.loaded).append(address)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the site, and what building it printed."""
    folder = tmp_path_factory.mktemp("site")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return folder, run.stdout + run.stderr


@pytest.fixture(scope="module")
def pages(built):
    folder, _ = built
    return {page: Links(page.read_text(encoding="utf-8")) for page in folder.rglob("*.html")}


def test_the_site_is_built_without_a_word(built):
    assert built[1] == ""


def test_nothing_is_loaded_from_elsewhere(pages):
    loaded = {address for page in pages.values() for address in page.loaded}
    assert loaded
    assert not {address for address in loaded if urlsplit(address).netloc}


def test_every_link_within_the_site_leads_somewhere(pages):
    for page, found in pages.items():
        # The page for addresses that do not exist may be shown at any of them.
        for link in found.links if page.name != "404.html" else []:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.exists(), f"{page}: {link}"
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].places, f"{page}: {link}"


def test_links_out_of_the_site_lead_to_files_of_the_repository(pages):
    ours = "https://github.com/neural-spectra/neural-spectra/blob/main/"
    links = {link for page in pages.values() for link in page.links if link.startswith(ours)}
    assert links
    assert not {link for link in links if not (ROOT / link.removeprefix(ours)).exists()}


def test_every_room_of_the_library_has_a_page_with_its_modules(pages):
    package = ROOT / "src/neural_spectra"
    by_name = {f"{page.parent.name}/{page.stem}": found for page, found in pages.items()}
    for room in (file.parent for file in package.glob("*/__init__.py")):
        for module in room.rglob("*.py"):
            name = ".".join(module.relative_to(package).with_suffix("").parts)
            heading = name.replace(".", "").lower()
            assert module.stem == "__init__" or heading in by_name[f"api/{room.name}"].places, name


@needs_browser
def test_the_search_works_from_disk(built, tmp_path):
    folder, _ = built
    with offline_browser(tmp_path / "browser") as browser:
        browser.get((Path(folder) / "index.html").as_uri())
        browser.find_element("css selector", "label[for=__search]").click()
        browser.switch_to.active_element.send_keys("Liouville")
        wait(browser, f"return document.querySelector({RESULT!r}) !== null", seconds=30)
        found = browser.find_elements("css selector", RESULT)
        assert any("multipliers.html" in link.get_attribute("href") for link in found)
        assert not asked_for(browser) & {"http", "https"}
