"""Decodes audio, images and video so that no clip can stall, crash or starve the program.

Every decode runs in a helper process of its own, under a supervisor with a hard deadline, in the command ``clipguard``,
which this package starts as a child::

    import clipguard

    guard = clipguard.Guard(workers=2, timeout=20)
    samples = guard.load_audio("speech.mp3", sampling_rate=16000)   # float32, (samples,)

A bad clip raises :class:`ClipFault`, which says what is wrong with it. See README.md beside this package.
"""

from ._errors import ClipFault, ClipGuardError, GuardUnavailable, PostMortem, Unsettled
from ._guard import CallGuard, Clip, Guard, python_worker
from ._version import __version__

__all__ = [
    "CallGuard",
    "Clip",
    "ClipFault",
    "ClipGuardError",
    "Guard",
    "GuardUnavailable",
    "PostMortem",
    "Unsettled",
    "__version__",
    "python_worker",
]
