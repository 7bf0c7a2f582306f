"""What a user reads of a run, from the records that Snakemake gives its logger."""

import io
import logging
import os
import re
import sys
from threading import Event
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from neural_spectra.workflow.progress import Progress, show_progress

CLEAR = "\r\033[K"


class Terminal(io.StringIO):
    def isatty(self):
        return True

    def fileno(self):
        return 1


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((70, 24)))
    return Terminal()


class Run:
    """A run of some jobs, as Snakemake tells of it."""

    def __init__(self, stream, jobs):
        self.stream = stream
        self.progress = Progress(stream, lambda: ["what came out"], Event())
        self.tell(event=LogEvent.WORKFLOW_STARTED)
        if jobs:
            self.tell(event=LogEvent.RUN_INFO, stats={"total": jobs})

    def tell(self, message=None, level=logging.INFO, **told):
        self.progress.handle(logging.makeLogRecord({"msg": message, "levelno": level, **told}))

    def begin(self, number, rule, output=("table.csv",), **wildcards):
        self.tell(
            event=LogEvent.JOB_INFO,
            jobid=number,
            rule_name=rule,
            wildcards=wildcards,
            output=list(output),
            input=["an_input.csv"],
        )

    def finish(self, number):
        self.tell(event=LogEvent.JOB_FINISHED, job_id=number)

    def fail(self, number, rule, *logs, reason=None):
        self.tell(
            "RuleException:\nCalledProcessError in file Snakefile, line 1:\n…", logging.ERROR,
            event=LogEvent.ERROR,
        )  # fmt: skip
        self.tell(
            level=logging.ERROR,
            event=LogEvent.JOB_ERROR,
            jobid=number,
            rule_name=rule,
            rule_msg=reason,
            log=[str(log) for log in logs],
        )

    def end(self):
        """Close as Snakemake does; return the lines that stand there, without times."""
        self.progress.close()
        printed = self.stream.getvalue().removesuffix("\n").split("\n")
        return [without_time(line.rpartition(CLEAR)[2]) for line in printed]


def without_time(line):
    return re.sub(r"\d:\d\d:\d\d", "TIME", line)


def test_a_run_into_a_file_is_a_line_a_job_and_what_came_out():
    run = Run(io.StringIO(), jobs=3)
    run.tell("Select jobs to execute...")
    run.begin(1, "train", network="free_32", chunk="0-1")
    run.begin(2, "draw")
    run.finish(2)
    run.finish(1)
    run.begin(0, "all", output=())
    run.finish(0)
    assert run.end() == [
        "1 of 3, TIME: draw",
        "2 of 3, TIME: train free_32 0-1",
        "3 of 3 jobs done in TIME.",
        "what came out",
    ]


def test_in_a_terminal_a_bar_shows_what_is_done_and_what_runs(terminal):
    run = Run(terminal, jobs=2)
    run.begin(1, "train", chunk="0-1")
    run.finish(1)
    run.begin(2, "draw")
    assert [without_time(bar) for bar in terminal.getvalue().split(CLEAR)][-3:] == [
        "[................] 0 of 2 done, 1 running, TIME: train 0-1",
        "[########........] 1 of 2 done, 0 running, TIME: ",
        "[########........] 1 of 2 done, 1 running, TIME: draw",
    ]
    run.finish(2)
    assert run.end() == ["2 of 2 jobs done in TIME.", "what came out"]


def test_the_bar_moves_on_by_itself_and_stays_on_one_line(terminal):
    run = Run(terminal, jobs=2)
    run.begin(1, "a_rule_with_a_name_that_is_longer_than_a_terminal_is_wide")
    before = len(terminal.getvalue().split(CLEAR))
    run.progress.ended.wait(1.5)
    bars = terminal.getvalue().split(CLEAR)
    assert len(bars) > before
    assert re.search(r"0:00:0[1-9]: a_rule", bars[-1])
    assert len(bars[-1]) == 69
    run.progress.close()


def test_the_bar_makes_way_for_a_job_that_prints(terminal):
    run = Run(terminal, jobs=1)
    run.begin(0, "verify", output=())
    assert terminal.getvalue().endswith(CLEAR)
    terminal.write("All results are as they were written.\n")
    run.finish(0)
    assert run.end() == [
        "All results are as they were written.", "1 of 1 jobs done in TIME.", "what came out"
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["file", "terminal"])
def test_what_a_failed_job_said_stands_last_with_its_log(kind, tmp_path, terminal):
    log = tmp_path / "train.log"
    log.write_text("step 1\ntrain: weights.csv is empty;\n  mend it\n", encoding="utf-8")
    run = Run(terminal if kind == "terminal" else io.StringIO(), jobs=3)
    run.begin(1, "train", chunk="0-1")
    run.begin(2, "draw")
    run.fail(1, "train", log)
    run.finish(2)
    run.tell("Exiting because a job execution failed. Look above", logging.ERROR)
    run.tell(
        "WorkflowError:\nAt least one job did not complete successfully.", logging.ERROR,
        event=LogEvent.ERROR,
    )  # fmt: skip
    lines = [line for line in run.end() if line != "1 of 3, TIME: draw"]
    assert lines == [
        "failed, TIME: train 0-1",
        "1 of 3 jobs done in TIME, 1 failed.",
        "The same command goes on from here.",
        f"train 0-1 failed, its log: {log}",
        "train: weights.csv is empty;",
        "  mend it",
    ]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (None, "train: it said nothing; it was stopped or killed, or ran out of memory"),
        ("SLURM status is: 'TIMEOUT'", "train: SLURM status is: 'TIMEOUT'"),
    ],
)
def test_of_a_job_that_said_nothing_the_reason_is_given(reason, said, tmp_path):
    log, missing = tmp_path / "slurm.log", tmp_path / "train.log"
    log.write_text("train: what a cluster keeps\n", encoding="utf-8")
    run = Run(io.StringIO(), jobs=1)
    run.begin(1, "train")
    run.fail(1, "train", missing, log, reason=reason)
    assert run.end()[-2:] == [f"train failed, its log: {missing}, {log}", said]


def test_nothing_that_a_job_quotes_is_an_order_to_the_terminal(tmp_path):
    log = tmp_path / "train.log"
    log.write_text("train: \x1b[2J\x9b2J\u202e is no name\n", encoding="utf-8")
    run = Run(io.StringIO(), jobs=1)
    run.begin(1, "train")
    run.fail(1, "train", log)
    assert run.end()[-1] == r"train: \x1b[2J\x9b2J\u202e is no name"


def test_a_job_that_succeeds_when_it_is_sent_again_has_not_failed(tmp_path):
    run = Run(io.StringIO(), jobs=1)
    run.begin(1, "train")
    run.fail(1, "train", tmp_path / "train.log")
    run.begin(1, "train")
    run.finish(1)
    assert run.end()[1:] == ["1 of 1, TIME: train", "1 of 1 jobs done in TIME.", "what came out"]


def test_other_errors_of_snakemake_stand_last_and_nothing_came_out():
    run = Run(io.StringIO(), jobs=0)
    run.tell("MissingInputException: no table.csv", logging.ERROR, event=LogEvent.ERROR)
    run.tell("a warning", logging.WARNING)
    run.tell("Shutting down, this might take some time.")
    assert run.end() == ["a warning", "MissingInputException: no table.csv"]


def test_where_nothing_is_to_be_done_that_is_said_and_what_had_come_out():
    run = Run(io.StringIO(), jobs=0)
    run.tell("Nothing to be done (all requested files are present and up to date).")
    assert run.end()[1:] == ["what came out"]
    assert run.stream.getvalue().startswith("Nothing to be done")


def test_a_run_that_is_stopped_says_how_to_go_on():
    run = Run(io.StringIO(), jobs=2)
    run.begin(1, "train")
    run.tell("Terminating processes on user request, this might take some time.")
    assert run.end()[1:] == [
        "0 of 2 jobs done in TIME.", "The same command goes on from here."
    ]  # fmt: skip


def test_jobs_that_end_because_the_user_has_stopped_the_run_have_not_failed(tmp_path):
    run = Run(io.StringIO(), jobs=2)
    run.begin(1, "train")
    run.progress.stopped.set()
    run.fail(1, "train", tmp_path / "train.log")
    assert run.end() == ["0 of 2 jobs done in TIME.", "The same command goes on from here."]


def test_a_run_that_is_stopped_before_its_first_job_has_no_results():
    run = Run(io.StringIO(), jobs=0)
    run.progress.stopped.set()
    assert run.end() == [""]


def test_closing_twice_says_it_once():
    run = Run(io.StringIO(), jobs=0)
    assert run.end() == run.end() == ["what came out"]


def test_a_stream_that_is_gone_does_not_end_the_run(monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    run = Run(io.StringIO(), jobs=1)
    run.begin(1, "train")
    run.stream.close()
    run.finish(1)
    assert run.progress.done == 1


# Where it takes the place of Snakemake's own output.


@pytest.fixture
def workflow(monkeypatch):
    """Snakemake's workflow, called to run jobs, with a logger that prints and writes a file."""
    monkeypatch.setattr(sys, "argv", ["snakemake", "--cores", "2"])
    monkeypatch.delenv("VERBOSE", raising=False)
    printing, writing = logging.StreamHandler(io.StringIO()), logging.NullHandler()
    printing.name = "DefaultStreamHandler"
    logger = logging.Logger("of this test")
    logger.addHandler(printing)
    logger.addHandler(writing)
    return SimpleNamespace(
        is_main_process=True,
        output_settings=SimpleNamespace(verbose=False, quiet=None),
        dag_settings=SimpleNamespace(targets=[]),
        logger_manager=SimpleNamespace(logger=logger),
        handlers=logger.handlers,
    )


def test_it_prints_where_snakemake_would_have_and_files_stay(workflow):
    printing, writing = workflow.handlers
    show_progress(workflow, Event())
    assert writing in workflow.handlers
    assert printing not in workflow.handlers
    assert [h.stream for h in workflow.handlers if isinstance(h, Progress)] == [printing.stream]


@pytest.mark.parametrize(
    "change",
    [
        lambda patch, _: patch.setenv("VERBOSE", "1"),
        lambda patch, workflow: patch.setattr(workflow.output_settings, "verbose", True),
        lambda patch, workflow: patch.setattr(workflow.output_settings, "quiet", {"all"}),
        lambda patch, workflow: patch.setattr(workflow, "is_main_process", False),
        lambda patch, _: patch.setattr(sys, "argv", ["snakemake", "--dry-run"]),
        lambda patch, workflow: patch.setattr(workflow.handlers[0], "name", "of a plugin"),
    ],
    ids=["VERBOSE", "--verbose", "--quiet", "job on a cluster", "dry run", "plugin"],
)
def test_elsewhere_snakemakes_own_output_stays(change, workflow, monkeypatch):
    change(monkeypatch, workflow)
    before = list(workflow.handlers)
    show_progress(workflow, Event())
    assert workflow.handlers == before


@pytest.mark.parametrize(("targets", "told"), [([], True), (["all"], True), (["rnn"], False)])
def test_what_came_out_is_told_after_a_run_of_everything(targets, told, workflow, monkeypatch):
    monkeypatch.setattr("neural_spectra.workflow.progress.what_came_out", lambda: ["results"])
    workflow.dag_settings.targets = targets
    show_progress(workflow, Event())
    (progress,) = (h for h in workflow.handlers if isinstance(h, Progress))
    progress.handle(logging.makeLogRecord({"event": LogEvent.WORKFLOW_STARTED}))
    progress.close()
    assert ("results" in progress.stream.getvalue()) == told


def test_an_analysis_of_networks_ends_with_what_they_do(workflow, monkeypatch):
    told = "neural_spectra.workflow.progress.what_networks_do"
    monkeypatch.setattr(told, lambda names: [f"of {', '.join(names)}"])
    workflow.dag_settings.targets = {"analyse"}
    workflow.globals = {"config": {"own": {"networks": {"mine": {}, "yours": {}}}}}
    show_progress(workflow, Event())
    (progress,) = (h for h in workflow.handlers if isinstance(h, Progress))
    progress.handle(logging.makeLogRecord({"event": LogEvent.WORKFLOW_STARTED}))
    progress.close()
    assert "of mine, yours" in progress.stream.getvalue()
