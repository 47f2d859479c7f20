"""Locks of multiprocessing where the sandbox lets nothing be made in /dev/shm.

Nothing else shares them: a worker starts no process of its own once it decodes. So they need not be the system's, and a library that makes one when it is
imported, or for each of its calls, works as it does outside.
"""

from __future__ import annotations

import os
import threading
from typing import Any, Optional

_RECURSIVE_MUTEX = 0


class ThreadSemaphore:
    """Stands in for ``_multiprocessing.SemLock`` among the threads of one process."""

    SEM_VALUE_MAX = 2**31 - 1
    name = None
    handle = -1

    def __init__(self, kind: int, value: int, maxvalue: int, name: str = "", unlink: bool = True):
        self.kind = kind
        self.maxvalue = maxvalue
        self._value = value
        self._owner = 0
        self._held = 0
        self._changed = threading.Condition(threading.Lock())

    def acquire(self, block: bool = True, timeout: Optional[float] = None) -> bool:
        if self.kind == _RECURSIVE_MUTEX and self._is_mine():
            self._held += 1
            return True
        seconds = 0 if not block else None if timeout is None else max(0.0, timeout)
        with self._changed:
            if not self._changed.wait_for(lambda: self._value > 0, seconds):
                return False
            self._value -= 1
            self._held += 1
            self._owner = threading.get_ident()
            return True

    def release(self) -> None:
        with self._changed:
            if self.kind == _RECURSIVE_MUTEX:
                if not self._is_mine():
                    raise AssertionError("attempt to release recursive lock not owned by thread")
                if self._held > 1:
                    self._held -= 1
                    return
            elif self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._held -= 1
            self._value += 1
            self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: Any) -> None:
        self.release()

    def _count(self) -> int:
        return self._held

    def _is_mine(self) -> bool:
        return self._held > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        self._held = 0


def replace_where_refused() -> None:
    """Has multiprocessing use these, where this process is confined and cannot make the system's."""
    if os.environ.get("CLIPGUARD_PROFILE") != "Program" or os.environ.get("CLIPGUARD_SANDBOX") not in ("Standard", "Strict"):
        return
    import _multiprocessing

    try:
        _multiprocessing.SemLock(1, 1, 1, f"/clipguard-{os.getpid()}", True)
    except OSError:
        _multiprocessing.SemLock = ThreadSemaphore  # type: ignore[misc]
