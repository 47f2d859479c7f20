"""What can come instead of a clip."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, Optional, Tuple


class ClipGuardError(Exception):
    """Whatever this package raises of its own."""


class GuardUnavailable(ClipGuardError):
    """The guard cannot work: the command, FFmpeg or a manifest is missing or cannot be read, or the machine lacks something. It says nothing of any clip."""


@dataclass(frozen=True)
class PostMortem:
    """What was measured of a decode that gave no data, before its helper was killed. Of the last attempt."""

    elapsed_seconds: float = 0.0
    """Wall clock from dispatch to verdict."""
    cpu_seconds: float = 0.0
    """CPU time that the helper used."""
    since_progress_seconds: float = 0.0
    """Time since the decode last made progress."""
    bytes_read: int = 0
    """Encoded bytes read."""
    packets: int = 0
    """Packets that came out of the container."""
    frames: int = 0
    """Frames that came out of the decoder."""
    peak_memory_bytes: int = 0
    """Most memory that the helper held; 0 where it is not known."""
    signal: Optional[int] = None
    """The signal that ended the helper, where one did that was not the supervisor's own."""
    exit_code: Optional[int] = None
    """The exit code with which the helper ended by itself, where it did."""
    attempts: int = 1
    """Attempts that failed: 2 where a hang, a crash or the like was tried once more."""
    log: Tuple[str, ...] = ()
    """The decoder's last log lines, oldest first."""

    @classmethod
    def _read(cls, told: Dict[str, Any]) -> "PostMortem":
        return cls(
            elapsed_seconds=told.get("elapsedSeconds", 0.0),
            cpu_seconds=told.get("cpuSeconds", 0.0),
            since_progress_seconds=told.get("sinceProgressSeconds", 0.0),
            bytes_read=told.get("bytesRead", 0),
            packets=told.get("packets", 0),
            frames=told.get("frames", 0),
            peak_memory_bytes=told.get("peakMemoryBytes", 0),
            signal=told.get("signal"),
            exit_code=told.get("exitCode"),
            attempts=told.get("attempts", 1),
            log=tuple(told.get("log", ())),
        )


class _NoClip(ClipGuardError):
    # A DataLoader pickles neither the exception of a worker nor its attributes: it makes a new one of the type from the text of the trace. So one
    # argument has to be enough, and what the text says is read out of it again. The pattern is the text that _text() makes.
    _pattern: "re.Pattern[str]"

    def __init__(self, text: str = "", *, clip: str = "", what: str = "", stage: str = "", message: str = "", post_mortem: PostMortem = PostMortem()):
        found = None if what else None if not text else self._last(text)
        if found:
            clip, what, stage, message = found
        self.clip = clip
        self._what = what
        self.stage = stage
        self.message = message or text
        self.post_mortem = post_mortem
        super().__init__(text or self._text())

    @classmethod
    def _last(cls, text: str) -> Optional[Tuple[str, str, str, str]]:
        found = None
        for found in cls._pattern.finditer(text):
            pass
        return None if found is None else (found["clip"], found["what"], found["stage"], found["message"])

    def _text(self) -> str:
        raise NotImplementedError

    def __reduce__(self) -> Any:
        state = dict(clip=self.clip, what=self._what, stage=self.stage, message=self.message, post_mortem=self.post_mortem)
        return _rebuild, (type(self), self.args[0], state)


def _rebuild(kind: type, text: str, state: Dict[str, Any]) -> Any:
    return kind(text, **state)


class ClipFault(_NoClip):
    """A clip is bad. Everything needed to find and to understand it is here, and survives pickling.

    Out of a ``DataLoader`` worker that lets it pass, PyTorch raises a new one made of its text: ``clip``, ``kind``, ``stage`` and ``message`` are still
    right then, and ``post_mortem`` is empty.
    """

    _pattern = re.compile(r"^(?:[\w.]*ClipFault: )?(?P<clip>.+) is (?P<what>[A-Z][A-Za-z]+) in (?P<stage>[a-z]+): (?P<message>.*)$", re.M)

    clip: str
    """The clip as it was asked for; "… bytes in memory" for one without a name."""
    stage: str
    """Where the decode was: none, open, probe, seek, read, decode, convert or exit."""
    message: str
    """One sentence for a person."""
    post_mortem: PostMortem
    """What was measured."""

    @property
    def kind(self) -> str:
        """Missing, Unsupported, Corrupt, LimitExceeded, TimedOut, Stalled, Crashed or ProtocolViolated."""
        return self._what

    def _text(self) -> str:
        return f"{self.clip} is {self._what} in {self.stage}: {self.message}"


class Unsettled(_NoClip):
    """Nobody knows what is wrong, and the clip is not to blame: the machine was too busy, the storage or the server did not answer. Try it again."""

    _pattern = re.compile(r"^(?:[\w.]*Unsettled: )?(?P<clip>.+) is unsettled \((?P<what>[A-Z][A-Za-z]+)\) in (?P<stage>[a-z]+): (?P<message>.*)$", re.M)

    clip: str
    """The clip as it was asked for."""
    stage: str
    """Where the decode was."""
    message: str
    """One sentence for a person."""
    post_mortem: PostMortem
    """What was measured."""

    @property
    def cause(self) -> str:
        """Starved, Stopped, Storage, Server, Helpers or Bug."""
        return self._what

    def _text(self) -> str:
        return f"{self.clip} is unsettled ({self._what}) in {self.stage}: {self.message}"
