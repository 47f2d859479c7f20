"""What a decoder is given."""

from __future__ import annotations

import io
import os
import stat
from typing import Any, Dict, List, Optional

from ._findings import Missing, Unsupported


class Clip:
    """The clip to decode. What it opens is closed with the decode."""

    def __init__(self, source: Dict[str, Any], memory: Any, input_length: int, descriptor: int):
        self._source = source
        self._opened: List[int] = []
        self._descriptor = descriptor
        self._memory = memory
        self._input_length = input_length
        self._data: Optional[bytes] = None
        if source["from"] == "file":
            self._look(source["path"])
        elif source["from"] == "files":
            for path in source["paths"]:
                self._look(path)

    @property
    def name(self) -> str:
        """The file's name, by which some libraries know formats; may be empty."""
        return os.path.basename(self._source.get("path") or self._source.get("name") or "")

    @property
    def paths(self) -> List[str]:
        """The frame images of a video that is given so; otherwise the one path."""
        return list(self._source["paths"]) if self._source["from"] == "files" else [self.path]

    @property
    def path(self) -> str:
        """A path that libraries can open. Of a clip that is no whole file it is one in /proc, without an ending; its bytes are copied for it."""
        if self._source["from"] == "file" and not self._source.get("offset") and self._source.get("length") is None:
            return self._source["path"]
        return f"/proc/self/fd/{self.descriptor}"

    @property
    def descriptor(self) -> int:
        """The whole clip as a file that is open for reading, at its beginning."""
        source = self._source
        if source["from"] == "files":
            raise Unsupported("This decoder takes a video as a file, not as a list of frame images.")
        if source["from"] == "file" and not source.get("offset") and source.get("length") is None:
            opened = os.open(source["path"], os.O_RDONLY | os.O_CLOEXEC)
            self._opened.append(opened)
            return opened
        if source["from"] == "descriptor" and not source.get("offset") and source.get("length") == os.fstat(self._descriptor).st_size:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            return self._descriptor
        scratch = os.environ.get("CLIPGUARD_SCRATCH")
        if not scratch:
            raise Unsupported("This decoder needs a file, the clip is none of its own, and there is no folder to write one into.")
        # Without a name: it goes with its descriptor.
        opened = os.open(scratch, os.O_RDWR | os.O_TMPFILE | os.O_CLOEXEC, 0o600)
        self._opened.append(opened)
        view = memoryview(self.read())
        while view:
            view = view[os.write(opened, view):]
        os.lseek(opened, 0, os.SEEK_SET)
        return opened

    def read(self) -> bytes:
        """The encoded bytes."""
        if self._data is None:
            source = self._source
            if source["from"] == "memory":
                with self._memory.payload(0, self._input_length) as payload:
                    self._data = bytes(payload)
            elif source["from"] == "descriptor":
                self._data = _pread(self._descriptor, source.get("offset", 0), source["length"])
            elif source["from"] == "file":
                opened = os.open(source["path"], os.O_RDONLY | os.O_CLOEXEC)
                try:
                    offset = source.get("offset", 0)
                    length = source.get("length")
                    self._data = _pread(opened, offset, os.fstat(opened).st_size - offset if length is None else length)
                finally:
                    os.close(opened)
            else:
                raise Unsupported("This decoder takes a video as a file, not as a list of frame images.")
        return self._data

    def open(self) -> Any:
        """A file object over the encoded bytes."""
        whole = self._source["from"] == "file" and not self._source.get("offset") and self._source.get("length") is None
        return open(self._source["path"], "rb") if whole else io.BytesIO(self.read())

    @property
    def file(self) -> Any:
        """What most libraries take: the path of a whole file, otherwise a file object over the bytes."""
        whole = self._source["from"] == "file" and not self._source.get("offset") and self._source.get("length") is None
        return self._source["path"] if whole else self.open()

    def close(self) -> None:
        for descriptor in self._opened:
            try:
                os.close(descriptor)
            except OSError:
                pass
        self._opened.clear()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    # A FIFO would be waited for without end.
    @staticmethod
    def _look(path: str) -> None:
        found = os.stat(path)
        if not stat.S_ISREG(found.st_mode):
            raise Missing(f"{path}: not a regular file.")
        if found.st_size == 0:
            from ._findings import Corrupt

            raise Corrupt("The clip is empty: 0 bytes.")


def _pread(descriptor: int, offset: int, length: int) -> bytes:
    pieces = []
    while length > 0:
        piece = os.pread(descriptor, min(length, 1 << 30), offset)
        if not piece:
            break
        pieces.append(piece)
        offset += len(piece)
        length -= len(piece)
    return b"".join(pieces)


class Spec:
    """What is to be delivered; src/ClipGuard.Media/Protocol.md has all of it. What a decoder does not do it has to refuse: :meth:`refuse`."""

    def __init__(self, spec: Dict[str, Any], limits: Dict[str, Any], decoder_threads: int = 1):
        self.members = spec
        self.limits = limits
        self.decoder_threads = decoder_threads

    @property
    def rate(self) -> int:
        """Samples a second; 0 is the track's own."""
        return int(self.members.get("sampleRateHz", 16000))

    @property
    def mono(self) -> bool:
        return self.members.get("channels", "Mono") == "Mono"

    @property
    def start(self) -> float:
        return float(self.members.get("startSeconds") or 0)

    @property
    def duration(self) -> Optional[float]:
        return self.members.get("durationSeconds")

    @property
    def gray(self) -> bool:
        return self.members.get("colors", "Rgb") == "Gray"

    @property
    def size(self) -> Dict[str, Any]:
        """The member ``size``; of a video 224×224 where it is left out, of an image its own."""
        default = {"size": "exact", "width": 224, "height": 224} if self.members["as"] == "video" else {"size": "own"}
        return self.members.get("size") or default

    @property
    def selection(self) -> Dict[str, Any]:
        return self.members.get("selection") or {"by": "uniform", "count": 16}

    def refuse(self, *members: str) -> None:
        """Says Unsupported where one of these members has another value than its default."""
        defaults = {
            "startSeconds": 0, "durationSeconds": None, "endSeconds": None, "track": None, "resampler": "Swr", "decoder": None, "layout": "ChannelsLast",
            "colors": "Rgb", "filter": None, "background": {"red": 255, "green": 255, "blue": 255}, "channels": "Mono",
        }
        for member in members:
            value = self.members.get(member, defaults.get(member))
            if value != defaults.get(member) and value is not None:
                raise Unsupported(f"This decoder does not do {member} {value}.")
