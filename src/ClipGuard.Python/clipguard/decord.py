"""decord's VideoReader over ClipGuard's own decoders, under the guard.

``from clipguard.decord import VideoReader, cpu`` instead of ``from decord import …``; or ``clipguard.decord.install()``, after which ``import decord`` gives this.
"""

from __future__ import annotations

import sys
from typing import Any, Dict, Iterable, List, Optional

import numpy

from ._guard import Guard

__all__ = ["NDArray", "VideoReader", "bridge", "cpu", "install"]

_AHEAD = 32
_shared: Optional[Guard] = None


class NDArray(numpy.ndarray):
    """A NumPy array that also answers to decord's ``asnumpy``."""

    def asnumpy(self) -> numpy.ndarray:
        return self.view(numpy.ndarray)


class bridge:
    """What frames come as: ``native`` (:class:`NDArray`), ``numpy`` or ``torch``."""

    _kind = "native"

    @classmethod
    def set_bridge(cls, kind: str) -> None:
        if kind not in ("native", "numpy", "torch"):
            raise ValueError(f"The bridge {kind!r} is none of native, numpy and torch")
        cls._kind = kind

    @classmethod
    def reset_bridge(cls) -> None:
        cls._kind = "native"


def cpu(index: int = 0) -> str:
    """Where decord would decode; helpers decode on the CPU."""
    return "cpu"


def install(guard: Optional[Guard] = None) -> None:
    """From now on ``import decord`` gives this module.

    :param guard: what decodes; by default a Guard with one worker.
    """
    global _shared
    if guard is not None:
        _shared = guard
    sys.modules["decord"] = sys.modules[__name__]


class VideoReader:
    """Frames of a video by number: uint8 ``(height, width, 3)``, or ``(frames, height, width, 3)``.

    ``len`` is what the container's header says, as decord has it, or what a whole decode counts where it says nothing. Reading a clip that is bad raises
    :class:`clipguard.ClipFault`; a frame that cannot be decoded is never replaced by a neighbour.

    :param uri: a path, or an open file.
    :param ctx: where decord would decode; passed over.
    :param width: pixels; -1 for the video's own.
    :param height: pixels; -1 for the video's own.
    :param num_threads: frames that are decoded at the same time; 0 for what the guard has processors for.
    :param fault_tol: passed over: what is damaged is a fault, as the guard's own limits say.
    :param guard: what decodes; by default one that all readers of this process share.
    """

    def __init__(self, uri: Any, ctx: Any = None, width: int = -1, height: int = -1, num_threads: int = 0, fault_tol: int = -1, guard: Optional[Guard] = None):
        self._clip = uri.read() if hasattr(uri, "read") else uri
        self._guard = guard or _default()
        self._threads = num_threads if num_threads > 0 else None
        facts = video_facts(self._guard, self._clip)
        self._length, self._fps = facts["frames"], facts["fps"]
        own = facts["width"], facts["height"]
        self._size = None if width <= 0 and height <= 0 else (width if width > 0 else own[0], height if height > 0 else own[1])
        self._position = 0
        self._ahead: Dict[int, Any] = {}

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return self.get_batch(range(*index.indices(self._length)))
        number = int(index)
        if not -self._length <= number < self._length:
            raise IndexError(f"Index: {number} out of bound: {self._length}")
        self._position = number % self._length
        return self.next()

    def next(self) -> Any:
        """The next frame."""
        if self._position >= self._length:
            raise StopIteration
        if self._position not in self._ahead:
            numbers = range(self._position, min(self._position + _AHEAD, self._length))
            self._ahead = dict(zip(numbers, self._load(list(numbers))))
        frame = self._ahead.pop(self._position)
        self._position += 1
        return _bridged(frame)

    def get_batch(self, indices: Iterable[int]) -> Any:
        """Frames in the order of their numbers; repeated ones are copied, negative ones count from the end."""
        numbers = self._numbers(indices)
        return _bridged(self._load(numbers))

    def get_avg_fps(self) -> float:
        """Frames a second on average."""
        return self._fps

    def get_frame_timestamp(self, index: Any) -> numpy.ndarray:
        """float32 ``(frames, 2)``, or ``(2,)`` of one: the seconds at which each begins and ends to be shown."""
        one = not isinstance(index, slice) and numpy.ndim(index) == 0
        numbers = self._numbers(range(*index.indices(self._length)) if isinstance(index, slice) else [index] if one else index)
        behind = [min(number + 1, self._length - 1) for number in numbers]
        _, times = self._guard.load_video(self._clip, indices=numbers + behind, size=(16, 16), return_times=True)
        begin, end = times[:len(numbers)], times[len(numbers):].copy()
        last = numpy.array(numbers) == self._length - 1
        end[last] = begin[last] + (1 / self._fps if self._fps else 0)
        both = numpy.stack([begin, end], axis=1).astype("f4")
        return both[0] if one else both

    def seek(self, pos: int) -> None:
        """Goes to a frame; this is exact, which decord's own need not be."""
        self.seek_accurate(pos)

    def seek_accurate(self, pos: int) -> None:
        """Goes to a frame."""
        if not 0 <= pos < self._length:
            raise IndexError(f"Index: {pos} out of bound: {self._length}")
        self._position = pos

    def skip_frames(self, num: int = 1) -> None:
        """Goes over frames."""
        self._position += num

    def _numbers(self, indices: Iterable[int]) -> List[int]:
        numbers = [int(index) for index in numpy.asarray(indices, "i8").ravel()]
        outside = [number for number in numbers if not -self._length <= number < self._length]
        if outside:
            raise IndexError(f"Out of bound indices: {outside}")
        return [number % self._length for number in numbers]

    def _load(self, numbers: List[int]) -> Any:
        from ._guard import video_spec

        if not numbers:
            raise ValueError("No frame was asked for")
        return self._guard.decode(self._clip, video_spec(indices=numbers, size=self._size), decoder_threads=self._threads).array


def video_facts(guard: Guard, clip: Any) -> Dict[str, Any]:
    """Frames, frames a second, width and height of a clip's main video, from its header where that has them."""
    for counts in (False, True):
        streams = [stream for stream in guard.inspect(clip, count_frames=counts)["streams"] if stream["kind"] == "video"]
        stream = next((one for one in streams if one.get("isMain")), streams[0] if streams else None)
        if stream is None:
            raise RuntimeError(f"Error reading {clip if isinstance(clip, str) else 'the clip'}: it has no video")
        frames = stream.get("foundFrames") if counts else stream.get("promisedFrames")
        if frames:
            break
    if not frames:
        raise RuntimeError(f"Error reading {clip if isinstance(clip, str) else 'the clip'}: it has no frame")
    fps = stream.get("frameRateHz") or (frames / stream["durationSeconds"] if stream.get("durationSeconds") else 0.0)
    return {"frames": int(frames), "fps": float(fps), "width": stream.get("width", 0), "height": stream.get("height", 0)}


def _default() -> Guard:
    global _shared
    if _shared is None:
        _shared = Guard(workers=1)
    return _shared


def _bridged(frames: Any) -> Any:
    if bridge._kind == "torch":
        import torch

        return torch.from_numpy(frames)
    return frames.view(NDArray) if bridge._kind == "native" else frames
