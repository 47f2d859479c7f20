"""The guard."""

from __future__ import annotations

import base64
import io
import json
import math
import multiprocessing
import os
import pickle
import shlex
import sys
import threading
import urllib.parse
import weakref
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, Iterator, List, Mapping as MappingType, Optional, Sequence, Tuple, Union

from . import _calls, _command
from ._connection import Answer, Connection
from ._errors import ClipFault, ClipGuardError, GuardUnavailable, PostMortem, Unsettled

ClipLike = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, io.BytesIO, Sequence[Union[str, "os.PathLike[str]"]], MappingType[str, Any]]
"""What a clip can be: a path, an http(s), s3 or data address, its encoded bytes, or for a video the list of its frame images."""

SizeLike = Union[None, Tuple[int, int], str, MappingType[str, Any]]
"""How large pictures come out: None for their own size, (width, height), "smart" for qwen-vl-utils' smart_resize, or a ``size`` of the protocol."""


@dataclass
class Clip:
    """A decoded clip with all that is known of it."""

    array: Any
    """float32 ``(channels, samples)``, uint8 ``(height, width, channels)`` or ``(frames, height, width, channels)``; writable, and nobody else's."""
    sample_rate: int = 0
    """Samples a second of audio; 0 for pictures."""
    frame_times: Any = None
    """float64 ``(frames,)``: seconds from the video's start at which each frame is shown; None where they are not known."""
    damage: Dict[str, Any] = field(default_factory=dict)
    """What the decoder had to guess, drop or repeat, within the limits: counts, those that are not 0."""
    track: Dict[str, Any] = field(default_factory=dict)
    """What the header says of the track: codec, seconds, sampleRateHz, channels, width, height, frames."""
    elapsed_seconds: float = 0.0
    """Wall clock of the decode."""


def python_worker(name: str, *arguments: str) -> str:
    """The command of a ready worker in this very Python, for ``Guard(decoder=…)``: ``python_worker("av")``."""
    return shlex.join([sys.executable, "-m", "clipguard.worker", name, *arguments])


class Guard:
    """Decodes clips in helper processes, each under a hard deadline.

    Nothing is started before the first clip is asked for, and what is started belongs to one process: after a fork, and in a process that a guard was sent
    to by pickling, the first clip starts a guard anew. So one guard made anywhere serves in every ``DataLoader`` worker. Any thread may use it.

    :param workers: clips that are decoded at the same time.
    :param timeout: seconds that one try at a clip may take. None is what the variable MEDIA_DECODE_TIMEOUT says, and without it 60.
    :param command: the command ``clipguard``; by default what the variable CLIPGUARD names, or what is in the PATH.
    :param options: whatever else ``clipguard serve`` takes, underscores for hyphens: ``stall=5``, ``helper_memory="512MiB"``, ``sandbox="strict"``,
        ``max_damaged_frames=2``, ``allow_http=True``. ``clipguard serve --help`` lists them. The first clip raises ValueError where one is none, or cannot
        have its value.
    """

    def __init__(
        self,
        workers: int = 2,
        timeout: Optional[float] = 20.0,
        *,
        command: Union[str, "os.PathLike[str]", Sequence[str], None] = None,
        **options: Any,
    ):
        self._workers = workers
        self._command = command
        self._arguments = _arguments({"workers": workers, "timeout": timeout, **options})
        self._connection: Optional[Connection] = None
        self._lock = threading.Lock()
        _guards.add(self)

    def load_audio(
        self,
        clip: ClipLike,
        sampling_rate: Optional[int] = 16000,
        mono: bool = True,
        *,
        start: float = 0.0,
        duration: Optional[float] = None,
        track: Optional[int] = None,
        resampler: str = "swr",
        patient: bool = False,
    ) -> Any:
        """Audio as float32, nominally in [-1, 1]: ``(samples,)``, or ``(channels, samples)`` where mono is False.

        :param sampling_rate: samples a second; None keeps the track's own, which :meth:`decode` tells.
        :param mono: True gives the mean of all channels.
        :param start: seconds from the clip's start.
        :param duration: seconds; None is to the end.
        :param track: which audio track, from 0; None is the main one.
        :param resampler: ``swr``, FFmpeg's own, or ``soxr``, as librosa resamples.
        :param patient: tries a clip that was left unsettled once more without hurry.
        :raises ClipFault: the clip is bad.
        :raises Unsettled: nobody knows, and the clip is not to blame.
        """
        array = self.decode(clip, audio_spec(sampling_rate, mono, start, duration, track, resampler), patient=patient).array
        return array[0] if mono else array

    def load_image(
        self,
        clip: ClipLike,
        size: SizeLike = None,
        *,
        mode: str = "RGB",
        background: Tuple[int, int, int] = (255, 255, 255),
        resample: Optional[str] = None,
        jpeg_scale: str = "exact",
        patient: bool = False,
    ) -> Any:
        """A picture as uint8 ``(height, width, channels)``, upright as its EXIF orientation says; of an animated file the first.

        :param size: see :data:`SizeLike`.
        :param mode: ``RGB`` or ``L``.
        :param background: what shows through where the picture is transparent.
        :param resample: ``bicubic``, ``bilinear``, ``area`` or ``antialiasedBicubic`` (Pillow's and torchvision's); None is what fits the size.
        :param jpeg_scale: ``exact``, or ``fast``: a JPEG is decoded at a half, a quarter or an eighth where no larger size is wanted, as Pillow does after
            ``draft``; values differ a little.
        :param patient: tries a clip that was left unsettled once more without hurry.
        :raises ClipFault: the clip is bad.
        :raises Unsettled: nobody knows, and the clip is not to blame.
        """
        return self.decode(clip, image_spec(size, mode, background, resample, jpeg_scale), patient=patient).array

    def load_video(
        self,
        clip: ClipLike,
        num_frames: Optional[int] = None,
        *,
        fps: Optional[float] = None,
        indices: Optional[Sequence[int]] = None,
        times: Optional[Sequence[float]] = None,
        size: SizeLike = None,
        mode: str = "RGB",
        start: float = 0.0,
        end: Optional[float] = None,
        track: Optional[int] = None,
        resample: Optional[str] = None,
        return_times: bool = False,
        patient: bool = False,
    ) -> Any:
        """Frames of a video as uint8 ``(frames, height, width, channels)``. One of num_frames, fps, indices and times says which; 16 evenly spread without.

        :param num_frames: so many, spread evenly, the first and the last among them.
        :param fps: so many a second, as qwen-vl-utils counts and spreads them.
        :param indices: by number, in this order; negative ones count from the end, as decord's ``get_batch`` has it.
        :param times: the frames on show at these seconds.
        :param size: see :data:`SizeLike`; None is the size of the first wanted frame.
        :param start: frames that are shown before this second do not count.
        :param end: frames that are shown after this second do not count.
        :param return_times: gives ``(frames, times)``; times is float64 ``(frames,)``, the seconds at which they are shown.
        :param patient: tries a clip that was left unsettled once more without hurry.
        :raises ClipFault: the clip is bad.
        :raises Unsettled: nobody knows, and the clip is not to blame.
        """
        decoded = self.decode(clip, video_spec(num_frames, fps, indices, times, size, mode, start, end, track, resample), patient=patient)
        return (decoded.array, decoded.frame_times) if return_times else decoded.array

    def inspect(self, clip: ClipLike, count_frames: bool = True) -> Dict[str, Any]:
        """What a clip is, what is in it and what of it is damaged, as ``clipguard inspect --json`` tells it.

        :param count_frames: decodes every stream to its end to count its frames; False tells what the headers say.
        """
        decoded = self.decode(clip, {"as": "inspect", "countFrames": count_frames})
        return json.loads(decoded.array.tobytes())

    def load_many(
        self, clips: Iterable[ClipLike], kind: str = "audio", *, on_fault: str = "raise", in_flight: Optional[int] = None, **how: Any
    ) -> Iterator[Any]:
        """Decodes clips one after the other, several at the same time, and gives them in their order.

        :param clips: the clips; they are taken from this as they are needed.
        :param kind: ``audio``, ``image`` or ``video``.
        :param on_fault: ``raise``, or ``return``: then a :class:`ClipFault` or :class:`Unsettled` stands where the array would.
        :param in_flight: clips that are decoded or wait for their turn to be taken; two for each worker by default.
        :param how: what :meth:`load_audio`, :meth:`load_image` or :meth:`load_video` take.
        """
        if on_fault not in ("raise", "return"):
            raise ValueError(f"on_fault is {on_fault!r}; it can be 'raise' or 'return'")
        finish, spec, patient = _how(kind, how)
        return self._load_many(clips, spec, finish, patient, on_fault == "return", in_flight or 2 * self._workers)

    def decode(self, clip: ClipLike, spec: MappingType[str, Any], *, patient: bool = False, decoder_threads: Optional[int] = None) -> Clip:
        """Decodes a clip by a ``spec`` of the protocol (src/ClipGuard.Media/Protocol.md), and tells all that is known of it.

        :param decoder_threads: frames of a video that are decoded at the same time; None for what the guard has processors for.
        :raises ClipFault: the clip is bad.
        :raises Unsettled: nobody knows, and the clip is not to blame.
        """
        connection = self._open()
        return _read(connection.wait(_ask(connection, clip, spec, patient, decoder_threads)), clip)

    @property
    def decoder(self) -> str:
        """Name and version of what decodes, as in ``FFmpeg 5.1.9``."""
        return self._open().greeting["decoder"]

    def close(self) -> None:
        """Ends the helpers. The next clip would start them anew."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __enter__(self) -> "Guard":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __del__(self) -> None:
        connection = self.__dict__.get("_connection")
        if connection is not None:
            connection.close()

    def __getstate__(self) -> Dict[str, Any]:
        return {"_workers": self._workers, "_command": self._command, "_arguments": self._arguments}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._connection = None
        self._lock = threading.Lock()
        _guards.add(self)

    def _open(self) -> Connection:
        connection = self._connection
        if connection is None or connection.is_broken:
            with self._lock:
                connection = self._connection
                if connection is None or connection.is_broken:
                    if connection is not None:
                        self._connection = None
                        connection.close()
                    connection = self._connection = Connection(_command.find(self._command), self._arguments + _shared_processors(self._arguments))
        return connection

    def _load_many(self, clips: Iterable[ClipLike], spec: Any, finish: Any, patient: bool, returns: bool, in_flight: int) -> Iterator[Any]:
        connection = self._open()
        asked: "deque[Tuple[int, ClipLike]]" = deque()
        rest = iter(clips)
        try:
            while True:
                while len(asked) < in_flight:
                    clip = next(rest, asked)
                    if clip is asked:
                        break
                    asked.append((_ask(connection, clip, spec, patient, None), clip))
                if not asked:
                    return
                number, clip = asked.popleft()
                try:
                    loaded = finish(_read(connection.wait(number), clip))
                except (ClipFault, Unsettled) as fault:
                    if not returns:
                        raise
                    loaded = fault
                yield loaded
        finally:
            for number, _ in asked:
                connection.forget(number)

    def _after_fork(self) -> None:
        connection, self._connection = self._connection, None
        self._lock = threading.Lock()
        if connection is not None:
            connection.abandon()


class CallGuard(Guard):
    """Calls functions of anybody's in helper processes, under the guard: one that hangs, crashes or eats memory is an exception here.

    A function is given by its module and name; its arguments have to be picklable. What it returns may be plain values, lists, tuples and dictionaries of them,
    NumPy arrays, PyTorch tensors, Pillow's images and dataclasses. It can write nothing, start nothing and has no network.

    :param modules: what helpers import before they call anything.
    :param environment: names of variables whose values, as they are at each call, the function sees.
    :param options: as of :class:`Guard`.
    """

    def __init__(self, modules: Sequence[str] = (), environment: Sequence[str] = (), workers: int = 1, timeout: Optional[float] = 20.0, **options: Any):
        super().__init__(workers, timeout, decoder=python_worker("call", *modules), **options)
        self._environment = list(environment)

    def call(self, function: Union[str, Any], *arguments: Any, **keywords: Any) -> Any:
        """Calls a function, given as itself or as ``"module:name"``.

        :raises ClipFault: it raised something (``Corrupt``, with its trace as the log), hung, crashed or took too much memory.
        """
        if isinstance(function, str):
            module, _, name = function.partition(":")
        else:
            module, name = function.__module__, function.__qualname__
        environment = {variable: os.environ[variable] for variable in self._environment if variable in os.environ}
        message = pickle.dumps((module, name, arguments, keywords, environment), protocol=4)
        connection = self._open()
        number = _ask(connection, message, {"as": "inspect"}, False, 1)
        shown = next((_name(argument) for argument in arguments if isinstance(argument, (str, os.PathLike))), "arguments in memory")
        return _calls.decode(_read(connection.wait(number), f"{name}({shown})").array)

    def __getstate__(self) -> Dict[str, Any]:
        return {**super().__getstate__(), "_environment": self._environment}


_guards: "weakref.WeakSet[Guard]" = weakref.WeakSet()


def _after_fork_in_child() -> None:
    for guard in list(_guards):
        guard._after_fork()


os.register_at_fork(after_in_child=_after_fork_in_child)


def audio_spec(
    sampling_rate: Optional[int] = 16000,
    mono: bool = True,
    start: float = 0.0,
    duration: Optional[float] = None,
    track: Optional[int] = None,
    resampler: str = "swr",
) -> Dict[str, Any]:
    """The protocol's ``spec`` of audio."""
    if sampling_rate is not None and int(sampling_rate) < 1:
        raise ValueError(f"sampling_rate is {sampling_rate!r}; it has to be positive, or None for the track's own")
    spec: Dict[str, Any] = {"as": "audio", "sampleRateHz": int(sampling_rate or 0), "channels": "Mono" if mono else "All", "resampler": resampler.capitalize()}
    if start:
        spec["startSeconds"] = _seconds("start", start)
        if spec["startSeconds"] < 0:
            raise ValueError(f"start is {start!r}; it has to be at least 0 seconds")
    if duration is not None:
        spec["durationSeconds"] = _positive("duration", duration)
    if track is not None:
        spec["track"] = _track(track)
    return spec


def image_spec(
    size: SizeLike = None,
    mode: str = "RGB",
    background: Tuple[int, int, int] = (255, 255, 255),
    resample: Optional[str] = None,
    jpeg_scale: str = "exact",
) -> Dict[str, Any]:
    """The protocol's ``spec`` of an image."""
    if jpeg_scale not in ("exact", "fast"):
        raise ValueError(f"jpeg_scale is {jpeg_scale!r}; it can be 'exact' or 'fast'")
    red, green, blue = background
    spec = {"as": "image", "background": {"red": red, "green": green, "blue": blue}, **_picture(size, mode, resample)}
    if jpeg_scale == "fast":
        spec["jpegScale"] = "Fast"
    return spec


def video_spec(
    num_frames: Optional[int] = None,
    fps: Optional[float] = None,
    indices: Optional[Sequence[int]] = None,
    times: Optional[Sequence[float]] = None,
    size: SizeLike = None,
    mode: str = "RGB",
    start: float = 0.0,
    end: Optional[float] = None,
    track: Optional[int] = None,
    resample: Optional[str] = None,
) -> Dict[str, Any]:
    """The protocol's ``spec`` of a video."""
    chosen = [name for name, value in (("num_frames", num_frames), ("fps", fps), ("indices", indices), ("times", times)) if value is not None]
    if len(chosen) > 1:
        raise ValueError(f"Give one of num_frames, fps, indices and times, not {' and '.join(chosen)}")
    selection: Dict[str, Any]
    if fps is not None:
        selection = {"by": "rate", "perSecond": _positive("fps", fps)}
    elif indices is not None:
        selection = {"by": "index", "indices": _some("indices", [int(index) for index in indices])}
    elif times is not None:
        selection = {"by": "time", "seconds": _some("times", [_seconds("times", second) for second in times])}
    else:
        count = 16 if num_frames is None else int(num_frames)
        if count < 1:
            raise ValueError(f"num_frames is {num_frames!r}; it has to be at least 1")
        selection = {"by": "uniform", "count": count}
    spec: Dict[str, Any] = {"as": "video", "selection": selection, **_picture(size, mode, resample)}
    if start:
        spec["startSeconds"] = _seconds("start", start)
    if end is not None:
        spec["endSeconds"] = _seconds("end", end)
    if track is not None:
        spec["track"] = _track(track)
    return spec


def _some(name: str, wanted: List[Any]) -> List[Any]:
    if not wanted:
        raise ValueError(f"{name} asks for no frame")
    return wanted


def _seconds(name: str, value: Any) -> float:
    seconds = float(value)
    if not math.isfinite(seconds):
        raise ValueError(f"{name} is {value!r}; it has to be a number of seconds")
    return seconds


def _positive(name: str, value: Any) -> float:
    number = float(value)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} is {value!r}; it has to be positive")
    return number


def _track(value: Any) -> int:
    if int(value) < 0:
        raise ValueError(f"track is {value!r}; tracks are counted from 0")
    return int(value)


def _picture(size: SizeLike, mode: str, resample: Optional[str]) -> Dict[str, Any]:
    colors = {"RGB": "Rgb", "L": "Gray"}.get(mode)
    if colors is None:
        raise ValueError(f"mode is {mode!r}; it can be 'RGB' or 'L'")
    spec: Dict[str, Any] = {"colors": colors}
    if size is None:
        spec["size"] = {"size": "own"}
    elif size == "smart":
        spec["size"] = {"size": "smart"}
    elif isinstance(size, str):
        raise ValueError(f"size is {size!r}; it can be None, (width, height) or 'smart'")
    elif isinstance(size, MappingType):
        spec["size"] = dict(size)
    else:
        width, height = (int(length) for length in size)
        if width < 1 or height < 1:
            raise ValueError(f"size is {size!r}; both have to be at least 1")
        spec["size"] = {"size": "exact", "width": width, "height": height}
    if resample is not None:
        spec["filter"] = resample[:1].upper() + resample[1:]
    return spec


def _how(kind: str, how: Dict[str, Any]) -> Tuple[Any, Dict[str, Any], bool]:
    how = dict(how)
    patient = bool(how.pop("patient", False))
    if kind == "audio":
        mono = how.get("mono", True)
        return (lambda clip: clip.array[0] if mono else clip.array), audio_spec(**how), patient
    if kind == "image":
        return (lambda clip: clip.array), image_spec(**how), patient
    if kind == "video":
        with_times = bool(how.pop("return_times", False))
        return (lambda clip: (clip.array, clip.frame_times) if with_times else clip.array), video_spec(**how), patient
    raise ValueError(f"kind is {kind!r}; it can be 'audio', 'image' or 'video'")


def _arguments(options: Dict[str, Any]) -> List[str]:
    arguments: List[str] = []
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            arguments.append(option)
            continue
        for one in value if isinstance(value, (list, tuple)) else [value]:
            arguments += [option, os.fspath(one) if isinstance(one, os.PathLike) else str(one)]
    return arguments


# A worker of a DataLoader is one of several, each with a guard that would take all processors for its own.
def _shared_processors(arguments: Sequence[str]) -> List[str]:
    is_told = "--decoder-threads" in arguments or "--config" in arguments
    return [] if is_told or multiprocessing.parent_process() is None else ["--decoder-threads", "1"]


def _ask(connection: Connection, clip: ClipLike, spec: MappingType[str, Any], patient: bool, decoder_threads: Optional[int]) -> int:
    source, data = _source(clip)
    request: Dict[str, Any] = {"ask": "decode", "source": source, "spec": spec}
    if patient:
        request["patient"] = True
    if decoder_threads is not None:
        request["decoderThreads"] = decoder_threads
    return connection.ask(request, data)


def _source(clip: ClipLike) -> Tuple[Dict[str, Any], Any]:
    if isinstance(clip, io.BytesIO):
        return {"from": "memory"}, clip.getbuffer()
    if isinstance(clip, (bytes, bytearray, memoryview)):
        return {"from": "memory"}, clip
    if isinstance(clip, MappingType):
        return dict(clip), None
    if isinstance(clip, (str, os.PathLike)):
        name = os.fspath(clip)
        scheme = name.split(":", 1)[0].lower() if ":" in name[:8] else ""
        if scheme in ("http", "https", "s3"):
            return {"from": "address", "address": name}, None
        if scheme == "data":
            head, _, body = name.partition(",")
            data = urllib.parse.unquote_to_bytes(body)
            return {"from": "memory"}, base64.b64decode(data) if head.endswith(";base64") else data
        return {"from": "file", "path": os.path.abspath(name)}, None
    if isinstance(clip, Sequence):
        return {"from": "files", "paths": [os.path.abspath(os.fspath(path)) for path in clip]}, None
    read = getattr(clip, "read", None)
    if read is not None:
        return {"from": "memory"}, read()
    raise TypeError(f"A clip is a path, an address, bytes, a file or a list of frame images, not {type(clip).__name__}")


def _name(clip: ClipLike) -> str:
    if isinstance(clip, (bytes, bytearray, memoryview)):
        return f"{len(clip)} bytes in memory"
    if isinstance(clip, (str, os.PathLike)):
        name = os.fspath(clip)
        return name if len(name) <= 400 else name[:40] + "…"
    if isinstance(clip, MappingType):
        return str(clip.get("path") or clip.get("address") or clip)
    if isinstance(clip, Sequence):
        return f"{clip[0]} … ({len(clip)} frames)" if clip else "no frames"
    return getattr(clip, "name", None) or "bytes in memory"


def _read(answer: Answer, clip: ClipLike) -> Clip:
    told, payload = answer
    if "clip" in told:
        return _clip(told, payload)
    for key, error, what in (("fault", ClipFault, "kind"), ("unsettled", Unsettled, "cause")):
        if key in told:
            found = told[key]
            raise error(
                clip=_name(clip),
                what=found[what],
                stage=found["stage"].lower(),
                message=found["message"],
                post_mortem=PostMortem._read(found["postMortem"]),
            )
    if "mistake" in told:
        raise ValueError(told["mistake"])
    raise GuardUnavailable(told.get("unavailable", f"clipguard serve said {told}"))


def _clip(told: Dict[str, Any], payload: Any) -> Clip:
    import numpy

    clip = told["clip"]
    data = numpy.asarray(payload if payload is not None and not isinstance(payload, bytearray) else numpy.frombuffer(payload or bytearray(1), numpy.uint8))
    element = numpy.dtype("<f4" if clip["element"] == "Float32" else "u1")
    size = element.itemsize
    for dimension in clip["shape"]:
        size *= dimension
    array = data[:size].view(element).reshape(clip["shape"])
    times = None
    count = told.get("frameTimes", 0)
    if count:
        start = (size + 7) // 8 * 8
        times = data[start:start + 8 * count].view("<f8").copy()
    return Clip(
        array=array,
        sample_rate=clip.get("sampleRateHz", 0),
        frame_times=times,
        damage={name: value for name, value in clip.get("damage", {}).items() if value},
        track=clip.get("track", {}),
        elapsed_seconds=told.get("elapsedSeconds", 0.0),
    )
