"""The memory that a worker shares with its supervisor: the page of marks, then the payload."""

from __future__ import annotations

import mmap
import os
import struct
import time
from typing import Any, Optional

STAGES = ("none", "open", "probe", "seek", "read", "decode", "convert", "exit", "write")

_PAGE = 4096
_LOG_START = 1024
_LOG_BYTES = 3072


class SharedMemory:
    """Mapped for as long as the worker lives."""

    def __init__(self, descriptor: int):
        self._map = mmap.mmap(descriptor, os.fstat(descriptor).st_size)
        self._bytes_read = self._packets = self._frames = self._logged = 0

    def begin(self) -> None:
        """The supervisor has cleared the page."""
        self._bytes_read = self._packets = self._frames = self._logged = 0

    def stage(self, name: str) -> None:
        struct.pack_into("=i", self._map, 0, STAGES.index(name))
        self._stamp()

    def progress(self, frames: Optional[int] = None, packets: Optional[int] = None, bytes_read: Optional[int] = None) -> None:
        """Counts so far. Only what has really got on may be counted."""
        if frames is not None:
            self._frames = frames
        if packets is not None:
            self._packets = packets
        if bytes_read is not None:
            self._bytes_read = bytes_read
        struct.pack_into("=3q", self._map, 8, self._bytes_read, self._packets, self._frames)
        self._stamp()

    def log(self, text: str) -> None:
        """Appends to the log; its last 3 KiB stand in the report of a fault."""
        data = text.encode("utf-8", "replace")[-_LOG_BYTES:]
        for start in range(0, len(data), _LOG_BYTES):
            at = self._logged % _LOG_BYTES
            first = data[start:start + _LOG_BYTES - at]
            self._map[_LOG_START + at:_LOG_START + at + len(first)] = first
            rest = data[start + len(first):]
            self._map[_LOG_START:_LOG_START + len(rest)] = rest
        self._logged += len(data)
        struct.pack_into("=q", self._map, 40, self._logged)

    def payload(self, offset: int, length: int) -> memoryview:
        """Part of the payload; release it."""
        return memoryview(self._map)[_PAGE + offset:_PAGE + offset + length]

    def write(self, offset: int, array: Any) -> None:
        """Writes an array's elements, the last dimension fastest."""
        import numpy

        with memoryview(self._map) as whole, whole[_PAGE + offset:_PAGE + offset + array.nbytes] as target:
            numpy.copyto(numpy.frombuffer(target, array.dtype).reshape(array.shape), array)

    def _stamp(self) -> None:
        struct.pack_into("=q", self._map, 32, time.clock_gettime_ns(time.CLOCK_MONOTONIC))


class LogStream:
    """Stands in for sys.stdout and sys.stderr."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, memory: SharedMemory):
        self._memory = memory

    def write(self, text: str) -> int:
        self._memory.log(text)
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2
