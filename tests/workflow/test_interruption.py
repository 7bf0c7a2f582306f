"""Ctrl-C at a moment in which Python itself is in the middle of something."""

import subprocess
import sys
from textwrap import dedent

PROGRAM = """
import os, signal, sys
from types import SimpleNamespace
from threading import Event
{first}
class HalfMade:
    def __del__(self):
        raise AttributeError("of what was not made yet")

async def plan():
    pass

half, coroutine = HalfMade(), plan()
os.kill(os.getpid(), signal.SIGINT)
"""
HANDLER = """
from neural_spectra.workflow.interruption import end_jobs_when_stopped
end_jobs_when_stopped(SimpleNamespace(prefix=lambda _: None), Event())
"""


def run(first):
    program = dedent(PROGRAM).format(first=first)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


def test_ctrl_c_leaves_one_sentence_whatever_was_half_made():
    assert "Traceback" in run("").stderr
    stopped = run(HANDLER)
    assert stopped.returncode == 1
    assert stopped.stderr == "Stopped; the same command goes on from here.\n"
