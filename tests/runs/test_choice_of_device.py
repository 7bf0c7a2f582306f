"""What the config's `device` changes, and what it says where there is none."""

from pathlib import Path

import pytest
import torch

SCRIPTS = Path(__file__).parents[2] / "scripts"


def rules_of(study, results):
    """Return the rules of a study that ran by themselves, from where they tell their costs."""
    folder = results / study / "benchmarks"
    files = [file.relative_to(folder) for file in folder.rglob("*.tsv")]
    return {file.with_suffix("").parts[0] for file in files} - {"collect"}


def test_another_device_recomputes_what_pytorch_computes_and_what_follows_from_it(shared):
    scheduled = shared.scheduled(changes="device: cuda")
    device = "on_device(snakemake.params.device)"
    scripts = {path.stem: path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.py")}
    assert {name for name, text in scripts.items() if device in text} <= scheduled
    # The neurons of the fourth study are too small for a graphics card.
    names = ("rnn", "affine_maps", "open_questions")
    on_the_processor = [rules_of(study, shared.results) for study in names]
    assert all(len(rules) > 4 for rules in on_the_processor)
    unchanged = set.union(*on_the_processor)
    assert scheduled & unchanged == {"trainable_spectra", "draw_trainable_spectra"}


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a CUDA device")
def test_cuda_where_there_is_none_is_one_sentence_before_anything_runs(shared):
    before = shared.contents()
    status, printed = shared.run(changes="device: cuda")
    assert status == 1
    sentence = printed.strip().splitlines()[-1]
    assert sentence.startswith("device = cuda, but PyTorch")
    assert "finds no CUDA device on this machine; set device: cpu" in sentence
    assert "Traceback" not in printed
    assert shared.contents() == before
