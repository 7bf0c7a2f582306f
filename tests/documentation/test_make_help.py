"""``make help`` lists what ``make`` can be asked for."""

import re
import subprocess

from copies import ROOT


def test_make_help_has_a_line_for_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    call = ["make", "--no-print-directory", "help"]
    run = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True)
    listed = [re.fullmatch(r"make ([a-z-]+) +\S.*", line)[1] for line in run.stdout.splitlines()]
    assert sorted(listed) == sorted(targets)
    assert max(map(len, run.stdout.splitlines())) <= 120
