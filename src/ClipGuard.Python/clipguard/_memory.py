"""Memory that came by descriptor, mapped without keeping the descriptor."""

from __future__ import annotations

import ctypes
import os
from typing import Any

# The module mmap would keep a duplicate of the descriptor for as long as the mapping lives, and a program has about a thousand.
_libc = ctypes.CDLL(None, use_errno=True)
_mmap = _libc.mmap
_mmap.restype = ctypes.c_void_p
_mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
_munmap = _libc.munmap
_munmap.restype = ctypes.c_int
_munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]

_PROT_READ_WRITE = 0x1 | 0x2
_MAP_PRIVATE = 0x2
_MAP_FAILED = ctypes.c_void_p(-1).value


class Mapping:
    """A private, writable mapping of a whole file. NumPy takes it for an array of bytes; it is unmapped when the last view of it is gone."""

    __slots__ = ("_start", "_length", "__weakref__")

    def __init__(self, descriptor: int):
        self._start = None
        self._length = os.fstat(descriptor).st_size
        start = _mmap(None, self._length, _PROT_READ_WRITE, _MAP_PRIVATE, descriptor, 0)
        if start == _MAP_FAILED:
            error = ctypes.get_errno()
            raise MemoryError(f"{self._length} bytes of a decoded clip cannot be mapped: {os.strerror(error)}")
        self._start = start

    @property
    def __array_interface__(self) -> Any:
        return {"version": 3, "shape": (self._length,), "typestr": "|u1", "data": (self._start, False)}

    def __del__(self, _munmap: Any = _munmap) -> None:
        if self._start is not None:
            _munmap(self._start, self._length)
            self._start = None
