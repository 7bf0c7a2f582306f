"""What the config's `device` changes, and what it says where there is none."""

from pathlib import Path

import pytest
import torch

SCRIPTS = Path(__file__).parents[2] / "scripts"


def names(folder="."):
    return {
        script.stem: script.read_text(encoding="utf-8")
        for script in (SCRIPTS / folder).rglob("*.py")
    }


def test_another_device_recomputes_what_pytorch_computes_and_what_follows_from_it(shared):
    scheduled = shared.scheduled(changes="device: cuda")
    device = "on_device(snakemake.params.device)"
    assert {name for name, text in names().items() if device in text} <= scheduled
    without_torch = names("rnn") | names("affine_maps")
    unchanged = without_torch.keys() - names("saturation")
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
