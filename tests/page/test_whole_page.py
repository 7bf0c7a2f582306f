"""The page of all results: its parts, the packed data, and the whole from a small run."""

import base64
import gzip
import hashlib
import json
import re
from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from PIL import Image

from neural_spectra.errors import InputError
from neural_spectra.page.captions import caption, numbers
from neural_spectra.page.claim_strips import strip
from neural_spectra.page.data_dictionary import entry, read_dictionary
from neural_spectra.page.embedded_data import with_pictures
from neural_spectra.page.explorer_data import (
    LARGEST,
    NOWHERE,
    _most_eventful,
    model_explorer,
    scale_explorer,
)
from neural_spectra.page.formulae import with_formulae
from neural_spectra.page.snakemake_report import write_tables
from neural_spectra.page.table_previews import table, written
from neural_spectra.page.whole_page import page
from neural_spectra.workflow.csv_tables import write_table
from neural_spectra.workflow.records import write_record

ROOT = Path(__file__).parents[2]
TEMPLATE = [
    ROOT / "workflow" / "page" / "page.html",
    ROOT / "src" / "neural_spectra" / "page" / "page.css",
    ROOT / "workflow" / "page" / "page.js",
]
DICTIONARY = r"""# Data dictionary
## rnn/orbits

Orbits of `x` < 1.

| column | unit | meaning |
| --- | --- | --- |
| `seed` | – | replicate |
| `value` | 1/time | the largest \|x\| |
| `name` | – | of the `activation` |
"""
ORBITS = pd.DataFrame({"seed": [0, 1, 1], "value": [1.0, np.nan, -123456.7], "name": list("a<b")})
CLAIM = {
    "id": "closed",
    "paper": "Casoni et al. 2025",
    "origin": "paper",
    "kind": "statement",
    "group": "Fig. 2",
    "quantifier": "typically",
    "place": "Fig. 2",
    "statement": "Orbits <close>.",
    "paper_value": 1e-5,
    "our_value": 2.5e-6,
    "our_lowest": 1e-6,
    "our_highest": 3e-6,
    "quantity": "median of defect",
    "tables": "rnn/orbits",
    "tolerance": "",
    "lowest": 1e-6,
    "highest": np.inf,
    "tolerance_reason": "",
    "cases": 64,
    "share": 0.97,
    "share_lowest": 0.89,
    "share_highest": 0.99,
    "otherwise": "",
    "verdict": "depends",
    "expected": "depends",
    "expected_from": "",
    "why": "",
    "evidence": "",
    "headline": 0,
    "figures": "rnn/orbits",
}
ENTRY = {
    "id": "closed",
    "kind": "statement",
    "group": "Fig. 2",
    "place": "Fig. 2",
    "statement": "Orbits close.",
    "quantifier": "typically",
    "source": {
        "table": "rnn/orbits",
        "where": {"seed": 1, "name": "b"},
        "value": "value",
        "possible": [-1.0e6, 1.0e6],
    },
    "criterion": {"at_most": 1.0},
    "because": "They do.",
    "expected_from": "the paper",
}


MADE = {
    "versions": {"numpy": "2.0"},
    "script": "scripts/rnn/orbits.py",
    "modules": [],
    "code": "1f",
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Give a function that puts a small run on a page; what it changes is given."""
    monkeypatch.chdir(tmp_path)
    for folder in ("results/rnn/data", "results/rnn/figures", "results/claims", "captions/rnn"):
        Path(folder).mkdir(parents=True)
    write_table("results/rnn/data/orbits.csv", ORBITS)
    write_record("results/rnn/data/orbits.json", MADE)
    plt.imsave("results/rnn/figures/orbits.png", np.full((20, 30, 3), 0.5))
    opening = "{{ snakemake.config['figures']['rnn/orbits'] }}."
    Path("captions/rnn/orbits.rst").write_text(opening, encoding="utf-8")
    table_of_figures = "study,name,figure,shows\nrnn,orbits,Fig. 2,They close\n"
    Path("figures.csv").write_text(table_of_figures, encoding="utf-8")
    Path("dictionary.md").write_text(DICTIONARY, encoding="utf-8")
    entries = {"paper": "Casoni et al. 2025", "claims": [ENTRY]}
    Path("rnn.yaml").write_text(yaml.safe_dump(entries, sort_keys=False), encoding="utf-8")

    def assembled(claims=(CLAIM,), **changes):
        write_table("results/claims/claims.csv", pd.DataFrame(claims))
        given = {
            "claims": "results/claims/claims.csv",
            "entries": ["rnn.yaml"],
            "figures": "figures.csv",
            "captions": "captions",
            "dictionary": "dictionary.md",
            "config": {"rnn": {"orbits": {"omega": 1.0}}},
            "changes": [],
            "version": "1.2.3",
            "titles": {"rnn": "Recurrent networks"},
            "explorers": {},
        }
        results = ["results/rnn/figures/orbits.png", *sorted(Path().glob("results/rnn/*/*.csv"))]
        return page(TEMPLATE, list(map(str, results)), **(given | changes))

    return assembled


# The parts.


def test_an_entry_of_the_dictionary_is_read_with_its_columns(tmp_path):
    (tmp_path / "dictionary.md").write_text(DICTIONARY, encoding="utf-8")
    found = read_dictionary(tmp_path / "dictionary.md")["rnn/orbits"]
    assert found.text == "Orbits of `x` < 1."
    assert found.columns["value"] == ("1/time", r"the largest \|x\|")


def test_a_table_that_the_dictionary_lacks_is_named_with_its_nearest():
    described = read_dictionary(ROOT / "docs" / "data_dictionary.md")
    with pytest.raises(InputError, match=r"'## rnn/orbit'.*did you mean 'rnn/orbits'"):
        entry(described, "rnn/orbit")


def test_a_table_shows_its_first_rows_and_says_how_many_there_are(run, tmp_path):
    found = table("results/rnn/data/orbits.csv", read_dictionary("dictionary.md"), 2)
    assert found.rows == 3
    assert found.seeds == (0, 1)
    assert found.shown == [("0", "1", "a"), ("1", "", "<")]


def test_results_of_other_versions_or_other_code_than_the_rest_are_named_on_the_page(run):
    assert "Not of one kind" not in run()
    Path("results/rnn/tables").mkdir()
    write_table("results/rnn/tables/orbits.csv", ORBITS)
    other = {"versions": {"numpy": "2.1"}, "code": "2e"}
    write_record("results/rnn/tables/orbits.json", MADE | other)
    content = run()
    assert "Not of one kind: numpy: 2.0 made 1 result" in content
    assert "Not of one kind: scripts/rnn/orbits.py: 1f made 1 result" in content


def test_a_table_beside_the_studies_is_found_in_its_own_folder(run):
    write_table("results/claims/claims.csv", pd.DataFrame([CLAIM])[["id"]])
    described = "## claims/claims\n\nThe ledger.\n\n| `id` | – | the name |\n"
    Path("ledger.md").write_text(described, encoding="utf-8")
    found = table("results/claims/claims.csv", read_dictionary("ledger.md"), 1)
    assert (found.folder, found.text, found.shown) == ("claims", "The ledger.", [("closed",)])


def test_the_dictionarys_markdown_becomes_html(run):
    found = table("results/rnn/data/orbits.csv", read_dictionary("dictionary.md"), 1)
    assert found.text == "Orbits of <code>x</code> &lt; 1."
    assert found.columns[1].meaning == "the largest |x|"


@pytest.mark.parametrize(
    ("value", "text"),
    [(np.nan, ""), (-0.5, "−0.5"), (1234567.8, "1.2346e+06"), (3, "3"), ("a-b", "a-b")],
)
def test_cells_are_written_for_readers(value, text):
    assert written(value) == text


def test_a_caption_is_filled_in_and_rendered(tmp_path):
    (tmp_path / "caption.rst").write_text(
        "**A title.** At {{ snakemake.config['s'] }}.\n\n**a** A panel: ``name``.\n\n"
        "What came out: 3.\n\nOur choices:\n\n- {{ snakemake.config['n'] }}",
        encoding="utf-8",
    )
    found = caption(tmp_path / "caption.rst", {"s": 4.0, "n": "first"})
    assert found.opening == "<p><strong>A title.</strong> At 4.0.</p>\n"
    assert found.outcome == "<p>What came out: 3.</p>\n"
    assert "A panel:" in found.description
    assert "first" in found.choices
    assert "<li>" in found.choices


def test_a_caption_that_names_what_is_not_there_is_named(tmp_path):
    (tmp_path / "caption.rst").write_text(
        "**A title.** {{ snakemake.config['t'] }}", encoding="utf-8"
    )
    with pytest.raises(InputError, match=r"caption\.rst: .*'t'"):
        caption(tmp_path / "caption.rst", {"s": 4.0})


def test_captions_get_the_numbers_of_the_ledger(tmp_path):
    write_table(tmp_path / "claims.csv", pd.DataFrame([CLAIM | {"paper_value": np.nan}]))
    assert numbers(tmp_path / "claims.csv") == {
        "closed": {
            "ours": "2.5 × 10⁻⁶",
            "paper": "–",
            "share": "97 % (89 to 99 %)",
            "verdict": "depends",
        }
    }


def picture_in(text):
    """Return the picture that an element has inside, whose size it tells."""
    found = re.fullmatch(
        '<img src="data:image/png;base64,([^"]+)" width="(\\d+)" height="(\\d+)" alt="c">', text
    )
    picture = Image.open(BytesIO(base64.b64decode(found[1])))
    assert picture.size == (int(found[2]), int(found[3]))
    return picture


@pytest.fixture
def drawing(tmp_path):
    """A drawing of three colours, as a file and as its pixels."""
    pixels = np.zeros((400, 600, 3), dtype=np.uint8)
    pixels[100:200], pixels[:, 300:] = (68, 119, 170), (255, 255, 255)
    plt.imsave(tmp_path / "picture.png", pixels)
    return {"a/b": tmp_path / "picture.png"}, pixels


def test_a_drawing_is_put_in_with_its_size_and_its_colours(drawing):
    pictures, pixels = drawing
    found = picture_in(with_pictures('<img data-picture="a/b" alt="c">', pictures))
    np.testing.assert_array_equal(np.asarray(found.convert("RGB")), pixels)


def test_its_thumbnail_is_small(drawing):
    found = picture_in(with_pictures('<img data-thumbnail="a/b" alt="c">', drawing[0]))
    assert found.size == (220, 147)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("the bound C_W δ^q", "the bound C<sub>W</sub> δ<sup>q</sup>"),
        ("x_{k+1} and free_32", "x<sub>k+1</sub> and free_32"),
        ("a factor of 1e-5", "a factor of 10⁻⁵"),
        ("<b> of d_1", "&lt;b&gt; of d<sub>1</sub>"),
    ],
)
def test_formulae_are_set(text, html):
    assert with_formulae(text) == html


def places(text):
    """Return where a strip has what is accepted, our range and the paper's number."""
    found = re.search(
        r'class="accepted" x="(\S+)" y="\S+" width="(\S+)".*class="range" x1="(\S+)" x2="(\S+)"'
        r'.*class="given" d="M(\S+) ',
        text,
    )
    left, width, first, last, paper = map(float, found.groups())
    return left, left + width, first, last, paper


def test_a_strip_has_everything_in_its_order():
    claim = CLAIM | {"lowest": 5.0, "highest": np.inf, "paper_value": 6.0}
    claim |= {"our_lowest": 1.0, "our_value": 2.0, "our_highest": 3.0, "tolerance": "≥ 5"}
    left, right, first, last, paper = places(strip(claim))
    assert first < last < left < paper < right == 140
    assert 'aria-label="the paper: 6; accepted: ≥ 5; ours: 2"' in strip(claim)


def test_numbers_over_decades_are_drawn_by_their_logarithms():
    claim = CLAIM | {"lowest": -np.inf, "highest": 1e-3, "paper_value": 1e-2}
    claim |= {"our_lowest": 1e-5, "our_value": 1e-5, "our_highest": 1e-4}
    _, right, first, last, paper = places(strip(claim))
    assert last - first == pytest.approx(right - last, abs=0.2)
    assert paper - right == pytest.approx(right - last, abs=0.2)


def test_there_is_no_strip_of_answers():
    assert strip(CLAIM | {"our_lowest": np.nan, "our_highest": np.nan}) == ""


# The explorers' data.


@pytest.fixture
def models():
    """Two models on a grid of 4 × 4 points, of which every third has an arrow."""
    axis = np.linspace(-6, 6, 4)
    x, y = (np.tile(values.ravel(), 2) for values in np.meshgrid(axis, axis))
    half = len(x) // 2
    rho = np.repeat([0.5, 20.0], half)
    grid = pa.table(
        {
            "model": np.repeat([0, 1], half),
            "x": x,
            "y": y,
            "real_1": rho,
            "real_2": -rho / 2,
            "imaginary": np.zeros(len(x)),
            "spectral_radius": rho,
            "u": -x,
            "v": np.zeros(len(x)),
        }
    )
    orbits = pa.table(
        {
            "model": [0, 0, 1, 1],
            "trajectory": [0, 0, 0, 0],
            "step": [0, 1, 0, 1],
            "x": [4.0, 2.0, 4.0, 1e9],
            "y": [0.0, 0.5, 0.0, np.nan],
        }
    )
    table = pd.DataFrame(
        {
            "factorisation": ["spectral", "unstructured"],
            "variant": ["householder", "default"],
            "lambda_min": [-1.5, np.nan],
            "lambda_max": [-1.1, np.nan],
            "depth": [1, 8],
            "activation": ["relu", "tanh"],
            "bias": [True, False],
            "attractor": ["single point", "diverging"],
            **{f"rho_{name}": [0.5, 20.0] for name in ("min", "mean", "max")},
        }
    )
    return model_explorer(table, grid, orbits)


def unpacked(found):
    """Decode the packed arrays as the page's script does."""
    together, start, arrays = gzip.decompress(base64.b64decode(found["packed"])), 0, {}
    kinds = {"eigenvalues": "<i2", "orbits": "<i2", "radius": "u1", "field": "i1"}
    for name, kind in kinds.items():
        shape = (len(found["largest"]), *found["sizes"][name])
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        arrays[name] = np.frombuffer(together[start : start + size], kind).reshape(shape)
        start += size
    assert start == len(together)
    return arrays


def test_eigenvalues_come_back_to_four_digits(models):
    coded = unpacked(models)["eigenvalues"]
    values = coded * (np.array(models["largest"]) / LARGEST)[:, None, None]
    np.testing.assert_allclose(values[0, 0], [0.5, -0.25, 0.0], atol=2e-5)
    np.testing.assert_allclose(values[1, 3], [20.0, -10.0, 0.0], atol=1e-3)


def test_the_point_of_the_largest_spectral_radius_is_among_the_eigenvalues(models):
    # Four points have arrows; the largest radius may lie beside them.
    assert unpacked(models)["eigenvalues"].shape == (2, 4 + 1, 3)


def test_what_is_seen_first_does_not_simply_come_to_rest(models):
    assert models["first"] == 0
    assert _most_eventful(["single point", "periodic", "quasi-periodic"]) == 2


def test_spectral_radii_come_back_to_two_percent_between_a_tenth_and_ten(models):
    coded = unpacked(models)["radius"].astype(float)
    radius = 10 ** (models["decades"] * (coded / 127 - 1))
    assert radius.shape == (2, 4, 4)
    np.testing.assert_allclose(radius[0], 0.5, rtol=0.02)
    np.testing.assert_allclose(radius[1], 10.0, rtol=1e-12)


def test_orbits_come_back_and_end_where_they_leave_what_can_be_shown(models):
    coded = unpacked(models)["orbits"]
    np.testing.assert_allclose(coded[0, 0] * models["step"], [[4, 0], [2, 0.5]], atol=1e-3)
    assert (coded[1, 0, 1] == NOWHERE).all()


def test_arrows_have_unit_length_and_point_along_the_step(models):
    field = unpacked(models)["field"]
    assert field.shape == (2, 2, 2, 2)
    assert field[0, 0].tolist() == [[127, 0], [-127, 0]]


def test_models_are_told_apart_by_the_weights_and_their_range(models):
    assert models["weights"] == ["Spectral, householder", "Unstructured, default"]
    assert models["models"]["range"] == ["-1.5 to -1.1", "none"]
    assert models["models"]["bias"] == [True, False]


def test_each_scale_has_its_own_paths():
    curves = pd.DataFrame({"s": [1.0, 2.0], "delta": [0.123456789, 1e-20]})
    paths = pd.DataFrame(
        {"s": [1.0, 1.0, 2.0, 2.0], "trajectory": 0, "x": [0.0, 1.00049, 2.0, 3.0], "y": 0.5}
    )
    found = scale_explorer(curves, paths)
    assert found["delta"] == [0.12346, 1e-20]
    assert found["paths"][0] == [{"x": [0.0, 1.0], "y": [0.5, 0.5]}]
    assert found["paths"][1] == [{"x": [2.0, 3.0], "y": [0.5, 0.5]}]


# The whole page.


def test_the_same_results_give_the_same_bytes(run):
    assert run() == run()


def test_the_page_loads_nothing_from_anywhere(run):
    text = re.sub(r"(?s)<script.*?</script>", "", run())
    loaded = re.findall(
        r"""<(?:script|link|img|iframe|source)[^>]*(?:src|href)=["']([^"']+)""", text
    )
    assert loaded
    assert all(address.startswith("data:") for address in loaded)


def test_every_link_inside_the_page_has_its_target(run):
    text = run()
    targets = set(re.findall(r'\bid="([^"]+)"', text))
    places = {place.partition("?")[0] for place in re.findall(r'href="#([^"]+)"', text)}
    assert places <= targets
    assert 'href="#figure-rnn-orbits"' in text


def test_files_are_linked_relative_to_the_results(run):
    links = set(re.findall(r'href="(rnn/[^"]+)"', run()))
    files = {"figures/orbits.pdf", "figures/orbits.json", "data/orbits.csv", "data/orbits.json"}
    assert links == {f"rnn/{file}" for file in files}


def test_what_claims_say_is_text_and_no_markup(run):
    assert "<p>Orbits &lt;close&gt;.</p>" in run()


def test_a_claim_shows_the_rows_that_it_is_judged_by(run):
    text = run()
    assert "of <code>rnn/orbits</code> that are judged, 1 in all:" in text
    assert "<tr><td>1</td><td>b</td><td>−1.2346e+05</td></tr>" in text


def test_what_is_not_simply_reproduced_comes_first_and_the_rest_by_its_group(run):
    good = CLAIM | {"id": "good", "verdict": "reproduced", "expected": "reproduced"}
    bad = CLAIM | {"id": "bad", "verdict": "refuted"}
    text = run([good, CLAIM, bad])
    order = [text.index(f'<tr id="claim-{name}"') for name in ("bad", "closed", "good")]
    assert order == sorted(order)
    assert "</span> 1 reproduced</span> Casoni et al. 2025: Fig. 2</summary>" in text


def test_a_summary_counts_the_verdicts_and_tells_what_surprises(run):
    text = run([CLAIM, CLAIM | {"id": "bad", "verdict": "refuted", "headline": 1}])
    first = text[: text.index('id="figures"')]
    assert '<span aria-hidden="true">◐</span> depends</a>.' in first
    assert "Ours: 2.5 × 10⁻⁶; the paper: 10⁻⁵." in first


def test_it_says_which_version_ran_and_what_is_not_the_default(run):
    assert "neural-spectra 1.2.3, in its default configuration." in run()
    text = run(changes=["rnn.seeds: 3 → 4", "rnn.step: 1 → 2"])
    assert "with 2 settings other than the default: <code>rnn.seeds: 3 → 4</code>," in text


def test_a_claim_links_to_its_figures_and_a_figure_to_its_claims(run):
    text = run()
    assert '<a href="#figure-rnn-orbits">rnn/orbits</a>' in text
    assert '<a href="#claim-closed">' in text


def test_only_a_verdict_that_was_not_expected_is_marked(run):
    assert "<strong>unexpected</strong>" not in run()
    text = run([CLAIM, CLAIM | {"id": "open", "verdict": "refuted"}])
    assert text.count("<strong>unexpected</strong>: depends was expected") == 1
    assert re.search(r'<tr id="claim-open"[^>]* class="unexpected"', text)


def test_it_says_what_was_run(run):
    text = run()
    assert "omega: 1.0" in text
    assert "numpy 2.0." in text
    assert "<td>0 to 1</td>" in text


def test_every_picture_has_an_alternative_text_and_there_is_one_title(run):
    text = run()
    assert re.findall(r'<img data-picture="rnn/orbits"[^>]*alt="([^"]*)"', text) == ["They close"]
    assert re.findall(r'<img data-thumbnail="rnn/orbits"[^>]*alt="([^"]*)"', text) == ["They close"]
    assert text.count("<h1>") == 1


def test_a_caption_begins_as_the_table_of_figures_says(run):
    assert "<strong>They close.</strong> Regenerates Fig. 2 of Casoni et al. (2025)" in run()


def test_data_cannot_end_its_script(run):
    text = run(explorers={"none": {"name": "</script><p>"}})
    data = re.search(r'id="data-none">([A-Za-z0-9+/=]+)</script>', text)[1]
    assert json.loads(gzip.decompress(base64.b64decode(data))) == {"name": "</script><p>"}


def allowed(page):
    """Return what the policy of a page allows, by kind."""
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    kinds = [kind.split() for kind in policy.replace("&#39;", "").split("; ")]
    return {what: sources for what, *sources in kinds}


def hashes(kind, page):
    """Return what the policy should allow: the hash of each such element in a page."""
    found = re.findall(rf"(?s)<{kind}>(.*?)</{kind}>", page)
    return [digest(content.encode()) for content in found]


def digest(content):
    return f"sha256-{base64.b64encode(hashlib.sha256(content).digest()).decode()}"


@pytest.mark.parametrize("explorers", [{}, {"none": {}}])
def test_the_policy_allows_the_pages_own_scripts_and_no_address(run, explorers):
    text = run(explorers=explorers)
    own = hashes("script", text)
    packed = re.search('id="plotly">([^<]+)<', text)
    plotly = [digest(gzip.decompress(base64.b64decode(packed[1])))] if packed else []
    assert allowed(text)["script-src"] == plotly + own
    assert allowed(text)["default-src"] == allowed(text)["connect-src"] == ["none"]
    assert allowed(text)["img-src"] == ["data:"]


def test_any_style_is_allowed_only_where_plotly_writes_its_own(run):
    assert allowed(run())["style-src"] == hashes("style", run())
    assert allowed(run(explorers={"none": {}}))["style-src"] == ["unsafe-inline"]


def test_a_ledger_whose_verdict_is_none_is_refused(run):
    with pytest.raises(InputError, match=r"claims\.csv: '<b>' is no verdict; delete the file"):
        run([CLAIM | {"verdict": "<b>"}])


def test_the_script_makes_no_markup_of_text():
    script = TEMPLATE[2].read_text(encoding="utf-8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval", script) == []


# Snakemake's report.


def test_a_table_for_the_report_has_a_caption_with_its_number_of_rows(run):
    template = ROOT / "workflow" / "page" / "table.html"
    files = ["results/rnn/data/orbits.csv"], ["dictionary.md"], template, ["t.html"], ["t.rst"]
    write_tables(*files)
    assert (
        Path("t.rst")
        .read_text(encoding="utf-8")
        .startswith("Orbits of ``x`` < 1.\n\n3 rows of 3 columns.")
    )
    assert "<td>&lt;</td>" in Path("t.html").read_text(encoding="utf-8")
