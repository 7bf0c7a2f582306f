"""The file that ``make figures CONFIG=my.yaml`` means: prints its path if it can be read.

Snakemake reads the files that its command line names before anything here can look at them.
"""

from __future__ import annotations

import os

from neural_spectra.config.yaml_files import read_config
from neural_spectra.errors import in_one_sentence


def meant(path: str, folder: str) -> str:
    """Return the path of a file that a user names, who may stand in another folder than this one.

    Parameters
    ----------
    path
        As it was given: from where the user stands, or from here, or from the home folder, ``~``.
    folder
        Where the user stands, for whom ``make -C`` has come here; empty for here.
    """
    path = os.path.expanduser(path)
    there = os.path.join(folder, path)
    return there if os.path.exists(there) else path


if __name__ == "__main__":
    with in_one_sentence():
        file = meant(os.environ["CONFIG"], os.environ["USER_FOLDER"])
        read_config(file)
        print(file)
