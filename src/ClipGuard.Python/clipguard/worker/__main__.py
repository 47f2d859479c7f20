"""``python3 -m clipguard.worker NAME``: a ready worker over a library that training code uses."""

from __future__ import annotations

import importlib
import os
import sys

NAMES = ("audioread", "av", "call", "cv2", "decord", "librosa", "pil", "soundfile", "torchcodec", "transformers")


def _takes(name: str, further: "list[str]") -> bool:
    return name == "call" or not further or (name == "audioread" and further == ["ffmpeg"])


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES or not _takes(sys.argv[1], sys.argv[2:]):
        sys.exit(f"usage: python3 -m clipguard.worker {'|'.join(NAMES)}; audioread may be followed by ffmpeg, call by names of modules")
    # A pool of threads in each helper would take the processors from the others, and a process with threads cannot be forked.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    name = sys.argv[1]
    try:
        # The folder that a module is run from is no place to import from: a user's json.py could lie there.
        sys.path[:] = [folder for folder in sys.path if folder not in ("", os.getcwd())]
        module = importlib.import_module(f"clipguard.worker.ready.{name}")
    except ImportError as missing:
        from ._loop import unready

        unready(f"The worker {name} needs Python's {missing.name or missing}, which {sys.executable} cannot import: {missing}")
        raise
    try:
        module.main()
    except ImportError as missing:
        from ._loop import unready

        unready(f"The worker {name} cannot import {missing.name or missing}: {missing}")


main()
