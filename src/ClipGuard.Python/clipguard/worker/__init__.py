"""Decoders of your own under ClipGuard's guard, in Python.

A program that imports this, says with what it decodes, and runs::

    import numpy, soundfile
    from clipguard import worker

    @worker.audio
    def load(clip, spec):
        samples, rate = soundfile.read(clip.path, dtype="float32", always_2d=True)
        worker.progress(frames=len(samples))
        return samples.T, rate

    worker.run(decoder=f"soundfile {soundfile.__version__}")

is given to ``clipguard dry-run``, ``decode``, ``bench`` and ``serve`` as ``--decoder 'python3 my_worker.py'``. Each clip is decoded by one call in a process
that belongs to it while it lasts; what hangs, crashes or eats memory is killed and told as of any other decoder.

What a function returns:

===== ===========================================================================================
audio float32 ``(samples,)`` or ``(channels, samples)``, with its rate behind it where that is not the one asked for
video uint8 ``(frames, height, width, channels)``, with the times in seconds behind it where they are known
image uint8 ``(height, width, channels)``
===== ===========================================================================================

An exception is the decoder's finding: the clip is ``Corrupt``, with the last lines of the trace as its log. :class:`Unsupported`, :class:`Missing`,
:class:`LimitExceeded` and ``MemoryError`` say something else. What is printed goes to the clip's log.
"""

from . import _locks
from ._clip import Clip, Spec
from ._findings import Corrupt, Finding, LimitExceeded, Missing, Unsupported
from ._loop import audio, image, inspect, log, progress, run, stage, video

_locks.replace_where_refused()

__all__ = [
    "Clip", "Corrupt", "Finding", "LimitExceeded", "Missing", "Spec", "Unsupported",
    "audio", "image", "inspect", "log", "progress", "run", "stage", "video",
]
