"""Decodes audio, images and video so that no clip can stall, crash or starve the program.

Every decode runs in a helper process of its own, under a supervisor with a hard deadline, in the command ``clipguard``,
which this package starts as a child::

    import clipguard

    guard = clipguard.Guard(workers=2, timeout=20)
    samples = guard.load_audio("speech.mp3", sampling_rate=16000)   # float32, (samples,)

A bad clip raises :class:`ClipFault`, which says what is wrong with it. See README.md beside this package.
"""

from typing import Any

from ._errors import ClipFault, ClipGuardError, GuardUnavailable, PostMortem, Unsettled
from ._guard import CallGuard, Clip, Guard, python_worker
from ._version import __version__

# Traces and documentation name them as programs do.
for _public in (CallGuard, Clip, ClipFault, ClipGuardError, Guard, GuardUnavailable, PostMortem, Unsettled):
    _public.__module__ = __name__
del _public


def __getattr__(name: str) -> Any:
    # PyTorch takes seconds to import, and only this needs it.
    if name == "ManifestDataset":
        from .dataset import ManifestDataset

        return ManifestDataset
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CallGuard",
    "Clip",
    "ClipFault",
    "ClipGuardError",
    "Guard",
    "GuardUnavailable",
    "ManifestDataset",
    "PostMortem",
    "Unsettled",
    "__version__",
    "python_worker",
]
