"""Kill the workflow and its jobs fifty times; after each kill the same command must go on.

    make test-kills

A line for each kill. Each round starts anew with other random moments, and what it has computed in
the end is compared, byte for byte, with a run that nothing has disturbed.
"""

import itertools
import sys
import tempfile
from pathlib import Path

from copies import Workflow, copy_repository, end, start
from kills import redone, round_of_kills

KILLS = 50
ARGUMENTS = ["--configfile", "config/ci.yaml", "--cores", 2, "--", "rnn"]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        folder = copy_repository(Path(scratch) / "undisturbed")
        status, printed = end(start(folder, *ARGUMENTS), folder)
        if status:
            sys.exit(printed)
        undisturbed = Workflow(folder).contents()

        kills = 0
        for seed in itertools.count():
            folder = copy_repository(Path(scratch) / f"round_{seed}")
            starts = []
            for attempt in round_of_kills(folder, *ARGUMENTS, seed=seed, most_jobs=5):
                starts.append(attempt)
                kills += bool(attempt.killed)
                print(
                    f"{kills:3} round {seed}: killed {attempt.killed or 'nothing':28}"
                    f"{len(attempt.jobs()):4} jobs started, {len(attempt.finished())} finished",
                    flush=True,
                )
            if attempt.status:
                sys.exit(f"round {seed} failed:\n{attempt.printed}")
            results = Workflow(folder).contents()
            names = undisturbed.keys() | results.keys()
            changed = sorted(name for name in names if undisturbed.get(name) != results.get(name))
            print(f"    redone: {redone(starts) or 'none'}; other bytes: {changed or 'none'}")
            if changed or redone(starts):
                sys.exit(1)
            if kills >= KILLS:
                break
    print(
        f"{kills} kills in {seed + 1} rounds: nothing finished was redone, all bytes are the same"
    )


if __name__ == "__main__":
    main()
