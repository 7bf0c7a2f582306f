"""Ctrl-C at a moment in which Python itself is in the middle of something."""

import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
PROGRAM = """
import os, signal
from threading import Event
from types import SimpleNamespace
from neural_spectra.workflow.interruption import end_jobs_when_stopped

class HalfMade:
    def __del__(self):
        raise AttributeError("of what was not made yet")

async def plan():
    pass

end_jobs_when_stopped(SimpleNamespace(prefix=lambda _: None), Event())
half, coroutine = HalfMade(), plan()
os.kill(os.getpid(), signal.SIGINT)
"""


def test_ctrl_c_leaves_one_sentence_whatever_was_half_made():
    command = [sys.executable, "-c", PROGRAM]
    stopped = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True)
    assert stopped.returncode == 1
    assert stopped.stderr == "Stopped; the same command goes on from here.\n"
