"""A real SLURM cluster of one machine: ``python one_machine.py start`` and ``… stop``, as root.

It needs Debian's packages slurmctld, slurmd, slurm-client and munge. A configuration of SLURM that
is not of its making is never touched.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CONFIGURATION = Path("/etc/slurm/slurm.conf")  # jobs look for it here, whatever SLURM_CONF says
MARK = "# The test cluster of neural-spectra, made by tests/slurm/one_machine.py."
MUNGE = Path("/run/munge")
PACKAGES = {
    "slurmctld": "slurmctld",
    "slurmd": "slurmd",
    "sbatch": "slurm-client",
    "munged": "munge",
}
SETTINGS = f"""{MARK}
ClusterName=toy
SlurmctldHost={{host}}(127.0.0.1)
SlurmUser=root
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
EnforcePartLimits=ALL
MinJobAge=3600
ReturnToService=2
StateSaveLocation={{folder}}/state
SlurmdSpoolDir={{folder}}/spool
SlurmctldPidFile={{folder}}/slurmctld.pid
SlurmdPidFile={{folder}}/slurmd.pid
SlurmctldLogFile={{folder}}/slurmctld.log
SlurmdLogFile={{folder}}/slurmd.log
NodeName={{host}} NodeAddr=127.0.0.1 CPUs=4 RealMemory=8000 State=UNKNOWN
PartitionName=main Nodes={{host}} Default=YES MaxTime=60 DefMemPerCPU=500 State=UP
"""


class NoClusterError(Exception):
    """Says in one sentence why there is no cluster, and what to do about it."""


def start() -> None:
    """Start the cluster and wait until its node takes jobs.

    Raises
    ------
    NoClusterError
        Where it cannot be started, or another SLURM is set up.
    """
    missing = sorted({PACKAGES[name] for name in PACKAGES if _path(name) is None})
    if missing:
        raise NoClusterError(
            f"SLURM is not installed: on Debian, apt-get install --no-install-recommends "
            f"{' '.join(missing)}; other systems cannot run this test"
        )
    if os.geteuid() != 0:
        raise NoClusterError("only root can start SLURM's daemons: run this as root or with sudo")
    stop()
    folder = Path(tempfile.mkdtemp(prefix="one_machine_slurm_"))
    for name in ("state", "spool"):
        (folder / name).mkdir()
    host = socket.gethostname().partition(".")[0]
    CONFIGURATION.write_text(SETTINGS.format(host=host, folder=folder), encoding="utf-8")
    if _run("munge", "--no-input").returncode:
        MUNGE.mkdir(exist_ok=True)
        shutil.chown(MUNGE, "munge", "munge")
        _start("runuser", "-u", "munge", "--", _path("munged"), f"--pid-file={MUNGE}/{folder.name}")
    _start("slurmctld")
    _start("slurmd", "-N", host)
    _wait_for_the_node(folder)


def stop() -> None:
    """Stop the cluster, if it runs, and remove its files.

    Raises
    ------
    NoClusterError
        If the machine has a SLURM that is not of this making.
    """
    if not CONFIGURATION.exists():
        return
    settings = CONFIGURATION.read_text(encoding="utf-8")
    if not settings.startswith(MARK):
        raise NoClusterError(
            f"{CONFIGURATION} belongs to a SLURM of this machine, which stays as it is: run this "
            f"on a machine, or in a container, without one"
        )
    folder = Path(re.search("^StateSaveLocation=(.+)/state$", settings, re.MULTILINE)[1])
    pid_files = (folder / "slurmd.pid", folder / "slurmctld.pid", MUNGE / folder.name)
    for process in [int(file.read_text(encoding="utf-8")) for file in pid_files if file.exists()]:
        _end(process)
    CONFIGURATION.unlink()
    shutil.rmtree(folder, ignore_errors=True)


def _path(program: str) -> str | None:
    """Find a program as root would, whose daemons lie in sbin."""
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [_path(program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def _start(program: str, *arguments: str) -> None:
    run = _run(program, *arguments)
    if run.returncode:
        raise NoClusterError(f"{program} does not start: {(run.stderr or run.stdout).strip()}")


def _wait_for_the_node(folder: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while _run("sinfo", "--noheader", "--format=%T").stdout.strip() != "idle":
        if time.monotonic() > deadline:
            logs = "".join(
                (folder / f"{name}.log").read_text(encoding="utf-8")
                for name in ("slurmctld", "slurmd")
            )
            stop()
            raise NoClusterError(f"SLURM's node is not ready after {seconds:g} s:\n{logs[-2000:]}")
        time.sleep(0.2)


def _end(process: int, seconds: float = 20) -> None:
    for kind in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, kind)
        deadline = time.monotonic() + seconds
        while Path(f"/proc/{process}").exists() and time.monotonic() < deadline:
            time.sleep(0.2)


if __name__ == "__main__":
    actions = {"start": start, "stop": stop}
    if sys.argv[1:] not in [[action] for action in actions]:
        sys.exit("usage: python one_machine.py start|stop")
    try:
        actions[sys.argv[1]]()
    except NoClusterError as error:
        sys.exit(str(error))
