"""Whether this machine can have the environment; `make` asks before it installs anything.

No package is needed, and nothing that an old Python has not: it has to give its sentence too.
"""

import os
import platform
import re
import sys

OLDEST, TOO_NEW = (3, 11), (3, 14)
OLDEST_MACOS_OF_APPLE_SILICON = 14


def complaint(folder, version=None, system=None, machine=None, macos=None):
    """Return the sentence for what stands in the way, or None.

    Parameters
    ----------
    folder
        Where the environment shall lie, as an absolute path.
    version, system, machine, macos
        Of Python, the operating system, its processor and macOS; those of this machine if None.
    """
    version = version or sys.version_info[:2]
    system, machine = system or platform.system(), machine or platform.machine()
    macos = macos or platform.mac_ver()[0]
    has = "This Python is {}.{}".format(*version)
    if version < OLDEST:
        return has + ", and 3.11 to 3.13 are needed: set PYTHON=/path/to/python3.12"
    if version >= TOO_NEW:
        return has + (
            ", for which one of Snakemake's packages, immutables, has no wheel yet: set "
            "PYTHON=/path/to/python3.13"
        )
    if system == "Darwin" and machine == "x86_64":
        return (
            "PyTorch has no wheels for Macs with an Intel processor any more, or this Python runs "
            "under Rosetta: use a Python for arm64, another machine or a Linux container"
        )
    if system == "Darwin" and int(macos.split(".")[0]) < OLDEST_MACOS_OF_APPLE_SILICON:
        return "PyTorch's wheels need macOS 14 or newer, and this is macOS " + macos + ": update it"
    strange = re.search(r"[^\w./+,:@%=-]", folder)
    if strange:
        return (
            f"{folder}: Snakemake hands the path of its Python to a shell as it is, where "
            f"{strange.group()!r} means something else: set VENV to a folder without such signs, "
            f"as in make figures VENV=$HOME/neural-spectra-venv"
        )
    return None


if __name__ == "__main__":
    sys.exit(complaint(os.path.abspath(os.path.expanduser(sys.argv[1]))))
