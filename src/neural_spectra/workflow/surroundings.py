"""What lies around a run and must change none of its results: locale, home, user and folder."""

from __future__ import annotations

import codecs
import locale
import os
import shlex
import shutil
import sys
from pathlib import Path

from neural_spectra.errors import InputError


def speak_utf8(temporary: Path) -> None:
    """Start this process again in Python's UTF-8 mode, unless it speaks UTF-8; so will its jobs.

    Python takes the encoding of the files that others open without naming one, of file names and
    of what is printed from the locale when it starts, and keeps it.

    Parameters
    ----------
    temporary
        The folder that this process would remove at its end.
    """
    encodings = {locale.getpreferredencoding(False), sys.stdout.encoding, sys.stderr.encoding}
    speaks_it = {codecs.lookup(encoding).name for encoding in encodings} == {"utf-8"}
    tried = os.environ.get("PYTHONUTF8") == "1" and "PYTHONIOENCODING" not in os.environ
    os.environ["PYTHONUTF8"] = "1"
    os.environ.pop("PYTHONIOENCODING", None)
    if not (speaks_it or tried):
        shutil.rmtree(temporary, ignore_errors=True)
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def need_no_home(state: Path) -> None:
    """Let Matplotlib keep its list of fonts in a folder of the run, and give the user a name.

    Parameters
    ----------
    state
        Snakemake's own folder, ``.snakemake`` in the one that it runs in; an absolute path.
    """
    os.environ["MPLCONFIGDIR"] = str(state / "matplotlib")
    # In a container the user may have none, and Snakemake writes one into its log.
    os.environ.setdefault("LOGNAME", os.environ.get("USER", str(os.getuid())))


def require_folder(project: Path) -> None:
    """Make sure that this process runs in the folder of the project, whose files its rules name.

    Parameters
    ----------
    project
        The folder of the Snakefile.

    Raises
    ------
    InputError
        If it runs in another one.
    """
    here = Path("config")
    if not (here.exists() and here.samefile(project / "config")):
        raise InputError(
            f"{Path.cwd()} is not the folder of the project: run snakemake in {project}, or with "
            f"--directory {shlex.quote(str(project))}"
        )
