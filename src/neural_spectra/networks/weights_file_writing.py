"""Writing frozen weights, and joining those of several replicates (schema: `weights_file`).

Kept apart from `weights_file` because it needs no torch, which takes longer to load than to join.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

FORMAT = {"format": "neural-spectra", "version": "1"}
STATES, VALUES = "pairs.states", "pairs.values"
# How files begin that lie in the place of weights, what they are and what to do.
STAND_INS = {
    b"version https://git-lfs": "a pointer of Git LFS, not the weights; fetch them by git lfs pull",
    b"/annex/objects/": "a pointer of git-annex, not the weights; fetch them by git annex get",
    b"<": "a web page, not the weights; download the file itself",
}


def write_weights(
    path: str | Path, tensors: Mapping[str, np.ndarray], metadata: Mapping[str, str]
) -> None:
    """Write a safetensors file: the same bytes for the same input, and never half a file."""
    # safetensors writes the memory of an array as it lies there, also of a transposed one.
    rows_first = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    target = Path(path)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(_with_sorted_header(save(rows_first, dict(metadata))))
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def join_weights(
    paths: Sequence[str | Path], target: str | Path, provenance: Mapping[str, Any]
) -> None:
    """Join stacks of networks of one architecture, as `weights_file.save_network` writes them.

    Parameters
    ----------
    paths
        The files to join, in the order of their seeds.
    provenance
        Where the joined file comes from; anything that JSON holds.
    """
    stacks, seeds = [], []
    for path in paths:
        with safe_open(path, framework="np") as file:
            metadata = file.metadata()
            stacks.append({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
        seeds += json.loads(metadata["seeds"])
    joined = {name: np.concatenate([stack[name] for stack in stacks]) for name in stacks[0]}
    metadata |= {"seeds": json.dumps(seeds), "provenance": json.dumps(provenance, sort_keys=True)}
    write_weights(target, joined, metadata)


def _with_sorted_header(data: bytes) -> bytes:
    """Sort the header's keys: safetensors writes the metadata in an order that varies."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8:start]), sort_keys=True, separators=(",", ":")).encode()
    # Tensor data begin at a multiple of 8 bytes.
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[start:]
