"""Nothing that a user's file or config holds is ever run."""

import ast
import copy
import functools
import pickle
import re
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from safetensors import SafetensorError
from safetensors.torch import save_file

from neural_spectra.config.checking import check
from neural_spectra.config.whole_run import Settings
from neural_spectra.config.yaml_files import read_config
from neural_spectra.errors import InputError
from neural_spectra.networks.weights_file import load_network
from neural_spectra.networks.weights_file_writing import join_weights
from neural_spectra.studies.affine_maps.weight_sets import read_weight_sets
from neural_spectra.workflow.csv_tables import read_table
from neural_spectra.workflow.records import read_record

ROOT = Path(__file__).parents[2]
MARKER = "PWNED"
HOSTILE = [
    f"; touch {MARKER}",
    f"$(touch {MARKER})",
    f"`touch {MARKER}`",
    f"' ; touch {MARKER} ; '",
    f'" && touch {MARKER} "',
    f"x | touch {MARKER}",
    f"x > {MARKER}",
    "x < /dev/null & rm *",
    f"x\ntouch {MARKER}\n",
    f"../../{MARKER}",
    f"/tmp/../{MARKER}",
    f"{{__import__('os').system('touch {MARKER}')}}",
    f"__import__('os').system('touch {MARKER}')",
    f"\\immediate\\write18{{touch {MARKER}}}",
    f"</script><script>{MARKER}</script>",
    "{wildcards} {input} {config}",
    "\x1b[2J\x07",
]


# Every string in the config files.

STUDIES = {
    name: f"config/{name}.yaml" for name in ("saturation", "rnn", "affine_maps", "open_questions")
}
FILES = [str(ROOT / f) for f in ("config/config.yaml", *STUDIES.values(), "config/own.yaml")]
# The shipped files have no network of the user's own.
MINE = {"file": "mine.safetensors", "kind": "skew-rnn", "activation": "tanh", "form": "sigma(A x)"}
# Where any text will do: the path of a file, an activation, which is looked up when that is read,
# and labels that are written into tables and figures.
# What becomes of it there is tested below.
FREE_TEXT = re.compile(
    r"own\.networks\.mine\.(file|activation)"
    r"|saturation\.sensitivity\.variants\.\w+\.[^.]+"
    r"|affine_maps\.curated\.searches\.\d+\.models\.\d+\.label"
)


@pytest.fixture(scope="module")
def shipped():
    config = {}
    for file in FILES:
        config |= yaml.safe_load(Path(file).read_text(encoding="utf-8"))
    config["own"]["networks"] = {"mine": MINE}
    return config


@pytest.fixture
def quick_yaml(monkeypatch):
    """Read each config file once, not again for every mistake."""
    monkeypatch.setattr("neural_spectra.config.checking.read_config", functools.cache(read_config))


@pytest.fixture
def folder_of_mine(monkeypatch, tmp_path):
    """Where the weights file is that the config names."""
    (tmp_path / MINE["file"]).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def texts(block, path=()):
    """Yield the path of everything that is text, and whether it is the key there or the value."""
    for key, value in block.items() if isinstance(block, dict) else enumerate(block):
        if isinstance(key, str):
            yield (*path, key), "key"
        if isinstance(value, str):
            yield (*path, key), "value"
        elif isinstance(value, dict | list):
            yield from texts(value, (*path, key))


def with_text(config, path, kind, text):
    """Return the config with another text in one place."""
    config = copy.deepcopy(config)
    block = config
    for key in path[:-1]:
        block = block[key]
    if kind == "key":
        block[text] = block.pop(path[-1])
    else:
        block[path[-1]] = text
    return config


def refused(config):
    """Tell whether a config is refused, by a line for each mistake that names its file and key."""
    try:
        check(Settings, config, FILES)
    except InputError as error:
        head, *mistakes = str(error).split("\n")
        assert re.fullmatch(r"\d+ mistakes? in the config:", head)
        assert mistakes
        for mistake in mistakes:
            assert re.match(r"  (/.*\.yaml|config): \S", mistake), mistake
            assert mistake.isprintable()
        return True
    return False


@pytest.mark.usefixtures("quick_yaml", "folder_of_mine")
def test_hostile_text_is_refused_wherever_it_is_not_free_text(shipped):
    accepted = set()
    for k, (path, kind) in enumerate(texts(shipped)):
        text = HOSTILE[k % len(HOSTILE)]
        if not refused(with_text(shipped, path, kind, text)):
            accepted.add(".".join(map(str, path)))
    assert len(accepted) > 10
    assert {place for place in accepted if not FREE_TEXT.fullmatch(place)} == set()


@pytest.mark.usefixtures("quick_yaml")
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_path_of_weights_is_refused_unless_there_is_such_a_file(
    text, shipped, folder_of_mine
):
    path = ("own", "networks", "mine", "file")
    assert refused(with_text(shipped, path, "value", text))
    file = folder_of_mine / text
    with suppress(OSError):
        file.touch()
    if file.exists():
        try:
            assert refused(with_text(shipped, path, "value", text)) == bool(
                set(text) & set("{}") or not text.isprintable()
            )
        finally:
            # One of the paths leads out of the test's own folder.
            file.unlink()


@pytest.mark.usefixtures("quick_yaml", "folder_of_mine")
@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("own", "networks", "mine"), "key"),
        (("saturation", "regions", "training_disc"), "key"),
        (("affine_maps", "curated", "searches", 0, "models", 0, "panel"), "value"),
        (("affine_maps", "regions_same_weights", "panel"), "value"),
    ],
)
def test_no_name_that_becomes_part_of_a_path_is_hostile(shipped, path, kind, text):
    assert refused(with_text(shipped, path, kind, text))


# What is not refused runs nothing either.

HOSTILE_FILE = f"; touch {MARKER} $(touch {MARKER})`touch {MARKER}`'\"&|><*?$HOME.safetensors"
TARGETS = [
    "results/own/mine/summary.json",
    "results/saturation/parts/sensitivity/free_32/all.csv",
    "results/affine_maps/tables/table_1.tex",
    "results/affine_maps/figures/regions_by_activation.png",
]


def files_of(workflow):
    """Return the files beside the results, without what Snakemake and Python keep."""
    own = {"results", ".snakemake", "__pycache__", "printed.txt", "changes.yaml"}
    files = (path.relative_to(workflow.folder) for path in workflow.folder.parent.rglob("*"))
    return {file for file in files if not own & set(file.parts)}


def test_hostile_free_text_runs_nothing_and_writes_nothing_outside_the_results(clean, shipped):
    save_network_of_two_layers(clean.folder / HOSTILE_FILE)
    searches = copy.deepcopy(shipped["affine_maps"]["curated"]["searches"])
    models = [model for search in searches for model in search["models"]]
    # What cannot be seen is no label.
    labels = [text for text in HOSTILE if text.isprintable()]
    for k, model in enumerate(models):
        model["label"] = labels[k % len(labels)]
    variant = "".join(labels)
    changes = {
        "saturation": {
            "sensitivity": {"variants": {"free_32": {variant: {"target": 1e-3}}}},
        },
        "affine_maps": {"curated": {"searches": searches}},
        "own": {"networks": {"mine": {"file": HOSTILE_FILE}}},
    }
    before = files_of(clean)
    status, printed = clean.run("--", *TARGETS, changes=yaml.safe_dump(changes))
    assert status == 0, printed
    assert files_of(clean) == before
    results = [path.name for path in clean.results.rglob("*")]
    assert not [name for name in results if MARKER in name]
    assert variant in set(read_table(clean.folder / TARGETS[1])["variant"])


def save_network_of_two_layers(path):
    shapes = {"layer_1.weight": (4, 2), "layer_1.bias": (4,)}
    shapes |= {"layer_2.weight": (2, 4), "layer_2.bias": (2,)}
    tensors = {name: torch.ones(shape, dtype=torch.float64) for name, shape in shapes.items()}
    metadata = {"format": "neural-spectra", "version": "1", "activation": "tanh"}
    save_file(tensors, path, metadata)


def test_a_config_file_is_data_even_if_its_yaml_asks_for_a_call(clean):
    changes = f'style: !!python/object/apply:os.system ["touch {MARKER}"]'
    before = files_of(clean)
    status, printed = clean.run("--dry-run", changes=changes)
    assert status == 1
    assert "Config file is not valid JSON or YAML" in printed
    assert files_of(clean) == before


# Files that carry a program.


class Payload:
    """Leaves a file behind when it is unpickled."""

    def __reduce__(self):
        return Path.touch, (Path(MARKER),)


def as_pickle(path):
    path.write_bytes(pickle.dumps({"layer_1.weight": Payload()}))


def as_torch_file(path):
    torch.save({"layer_1.weight": Payload()}, path)


def as_old_torch_file(path):
    torch.save({"layer_1.weight": Payload()}, path, _use_new_zipfile_serialization=False)


def as_numpy_objects(path):
    with path.open("wb") as file:
        np.save(file, np.array([Payload()], dtype=object))


@pytest.mark.parametrize("write", [as_pickle, as_torch_file, as_old_torch_file, as_numpy_objects])
@pytest.mark.parametrize(
    "read",
    [
        load_network,
        lambda path: read_weight_sets(path, [0]),
        lambda path: join_weights([path], "joined.safetensors", {}),
        read_table,
        read_record,
    ],
    ids=["weights", "weight sets", "parts of weights", "table", "record"],
)
def test_a_file_with_a_payload_is_never_unpickled(write, read, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "mine.safetensors")
    with pytest.raises((InputError, ValueError, SafetensorError)):
        read(tmp_path / "mine.safetensors")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.safetensors"]


@pytest.mark.parametrize("write", [as_pickle, as_torch_file, as_old_torch_file, as_numpy_objects])
def test_weights_with_a_payload_are_refused_in_one_sentence(write, tmp_path):
    write(tmp_path / "mine.safetensors")
    with pytest.raises(InputError, match=r"never opened") as error:
        load_network(tmp_path / "mine.safetensors")
    assert "\n" not in str(error.value)


def test_the_payload_would_run_if_it_were_unpickled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    as_pickle(tmp_path / "mine.pickle")
    pickle.loads((tmp_path / "mine.pickle").read_bytes())
    assert (tmp_path / MARKER).exists()


# The code itself.

RUNS_TEXT = re.compile(
    r"eval|exec|compile|__import__|os\.(?:system|popen|exec\w+|spawn\w+)|subprocess\.get\w*output"
    # Readers of files that may hold a program; of YAML and NumPy, those that are told to run it.
    r"|(?:\w+\.)*(?:c?pickle|dill|cloudpickle|joblib|marshal|shelve)\.(?:loads?|open|Unpickler)"
    r"|(?:\w+\.)*(?:Unpickler|read_pickle)|torch\.(?:jit\.|hub\.)?load|torch\.package\.\w+"
    r"|yaml\.(?:load|load_all|unsafe_load|unsafe_load_all|full_load|full_load_all)"
)
# Arguments with which a call that is harmless without them runs text, or unpickles.
SWITCHES = {"shell", "allow_pickle", "weights_only", "Loader"}
# Python, started again in UTF-8 with the arguments that it was started with.
MEANT = ["os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])"]


def runs_text(call):
    """Tell whether a call hands text to a shell or to Python, or reads what may hold a program."""
    switched_on = any(
        keyword.arg in SWITCHES and ast.unparse(keyword.value) != "False"
        for keyword in call.keywords
    )
    return switched_on or bool(RUNS_TEXT.fullmatch(ast.unparse(call.func)))


def calls_that_run_text(source):
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if runs_text(call) and ast.unparse(call) not in MEANT]


@pytest.mark.parametrize("folder", ["src", "scripts"])
def test_the_code_starts_no_shell_compiles_no_text_and_unpickles_nothing(folder):
    found = {
        file.relative_to(ROOT).as_posix(): calls_that_run_text(file.read_text(encoding="utf-8"))
        for file in (ROOT / folder).rglob("*.py")
    }
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "call",
    [
        "eval(text)", "os.system(text)", "subprocess.run(text, shell=True)",
        "pickle.load(file)", "pickle.loads(text)", "pickle.Unpickler(file)", "torch.load(path)",
        "torch.load(path, weights_only=True)", "torch.jit.load(path)", "yaml.load(text)",
        "yaml.load(text, Loader=yaml.Loader)", "yaml.unsafe_load(text)", "yaml.full_load(text)",
        "np.load(path, allow_pickle=True)", "numpy.load(path, allow_pickle=trust)",
        "pd.read_pickle(path)", "joblib.load(path)", "marshal.loads(text)", "shelve.open(path)",
    ],
)  # fmt: skip
def test_a_call_that_runs_what_it_reads_would_be_found(call):
    assert calls_that_run_text(call) == [1]


@pytest.mark.parametrize(
    "call",
    ["json.loads(text)", "yaml.safe_load(text)", "np.load(path)", "re.compile(text)", "load(path)"],
)
def test_a_call_that_reads_data_would_not(call):
    assert calls_that_run_text(call) == []


def test_no_rule_has_a_shell_command_or_a_block_of_code():
    rules = [ROOT / "Snakefile", *(ROOT / "workflow").rglob("*.smk")]
    directive = re.compile(r"^\s+(?:shell|run|wrapper|notebook|cwl)\s*:", re.MULTILINE)
    assert {file.name: directive.findall(file.read_text(encoding="utf-8")) for file in rules} == {
        file.name: [] for file in rules
    }
