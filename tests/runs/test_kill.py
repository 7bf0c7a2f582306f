"""After kill -9 of the workflow or of a job the same command goes on where it was."""

import signal

from copies import Workflow, copy_repository
from kills import JOB, redone, round_of_kills

FIGURES = ["orbits", "level_sets", "euler_instability", "integrators"]


def test_a_workflow_that_is_killed_again_and_again_ends_with_the_same_bytes(finished, tmp_path):
    folder = copy_repository(tmp_path / "killed")
    targets = [f"results/rnn/figures/{figure}.pdf" for figure in FIGURES]
    arguments = ["--configfile", "config/ci.yaml", "--cores", 2, "--", *targets]
    starts = list(round_of_kills(folder, *arguments, seed=0, most_jobs=2))

    assert any(attempt.finished() for attempt in starts[:4])
    for attempt in starts:
        # Of a job that ends just then the kill is not seen.
        possible = {None: [0], JOB: [0, 1]}.get(attempt.killed, [-signal.SIGKILL])
        assert attempt.status in possible, attempt.printed
    assert redone(starts) == set()

    undisturbed, results = finished.contents(), Workflow(folder).contents()
    assert {file.removeprefix("results/") for file in targets} <= results.keys()
    assert {name for name, content in results.items() if undisturbed[name] != content} == set()
