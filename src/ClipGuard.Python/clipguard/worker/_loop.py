"""The protocol of src/ClipGuard.Media/Protocol.md, from a helper's side."""

from __future__ import annotations

import array
import errno
import json
import os
import signal
import socket
import sys
import tempfile
import traceback
from typing import Any, Callable, Dict, List, Optional, Tuple

from .._version import __version__
from . import _sandbox
from ._clip import Clip, Spec
from ._findings import Finding, LimitExceeded, Missing, Unsupported
from ._marks import LogStream, SharedMemory

PROTOCOL = 2

_MAX_MESSAGE = 128 * 1024
_MAX_TEXT = 2000
_TRACE_LINES = 12
_STORAGE = {errno.EIO: "Failed", errno.ESTALE: "Failed", errno.ENOTCONN: "Failed", errno.ETIMEDOUT: "Failed", errno.EACCES: "Denied", errno.EPERM: "Denied"}

Decoder = Callable[[Clip, Spec], Any]

_decoders: Dict[str, Decoder] = {}
_memory: Optional[SharedMemory] = None
_stage = "none"


def audio(function: Decoder) -> Decoder:
    """Makes a function the decoder of audio: ``(clip, spec)`` gives float32 samples, or ``(samples, rate)``."""
    _decoders["audio"] = function
    return function


def video(function: Decoder) -> Decoder:
    """Makes a function the decoder of video: ``(clip, spec)`` gives uint8 frames, or ``(frames, times)``."""
    _decoders["video"] = function
    return function


def image(function: Decoder) -> Decoder:
    """Makes a function the decoder of images: ``(clip, spec)`` gives a uint8 picture."""
    _decoders["image"] = function
    return function


def inspect(function: Decoder) -> Decoder:
    """Makes a function what describes clips: ``(clip, spec)`` gives a dictionary."""
    _decoders["inspect"] = function
    return function


def stage(name: str) -> None:
    """Says where the decode is: open, probe, seek, read, decode or convert."""
    global _stage
    _stage = name
    if _memory is not None:
        _memory.stage(name)


def progress(frames: Optional[int] = None, packets: Optional[int] = None, bytes_read: Optional[int] = None) -> None:
    """Says how far the decode is, in counts since it began. A decode that never says so has the stall limit as a whole."""
    if _memory is not None:
        _memory.progress(frames, packets, bytes_read)


def log(text: str) -> None:
    """Appends a line to the clip's log, whose last lines stand in the report of a fault."""
    if _memory is not None:
        _memory.log(text.rstrip("\n") + "\n")


def run(decoder: str, libraries: Optional[Dict[str, str]] = None, *, helper: Optional[str] = None, starts_programs: bool = False) -> None:
    """Decodes until the supervisor wants no more; does not return before.

    :param decoder: name and version of what decodes: part of what verdicts are remembered by, so it has to change when answers may.
    :param libraries: name and version of each library that has a part in the answers.
    :param helper: name and version of this program.
    :param starts_programs: True where the decoder starts programs of its own (ffmpeg, say), which the filter then lets it do. They end with the worker,
        in whatever session they are; what a decode leaves running goes on until then. Such a worker is not forked but started anew each time.
    """
    if not _decoders:
        raise RuntimeError("Nothing to decode with: decorate a function with worker.audio, worker.video or worker.image")
    try:
        link = socket.socket(fileno=3)
        os.fstat(4)
    except OSError:
        program = " ".join(sys.orig_argv) if hasattr(sys, "orig_argv") else "python3 …"
        sys.exit(f"This is a worker of ClipGuard and is started by it: clipguard dry-run MANIFEST --decoder '{program}'")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _sandbox.die_with_parent()
    if starts_programs:
        _sandbox.adopt_orphans()
    greeting = {
        "type": "ready",
        "protocol": PROTOCOL,
        "helper": helper or f"clipguard-worker {__version__}",
        "decoder": decoder,
        "libraries": libraries or {},
        "kinds": sorted(_decoders),
        "forks": not starts_programs and _sandbox.thread_count() == 1,
    }
    _serve(link, greeting, starts_programs)


def unready(message: str, reason: str = "DecoderMissing") -> None:
    """Says that this worker cannot decode, and ends."""
    try:
        socket.socket(fileno=3).send(json.dumps({"type": "unready", "reason": reason, "message": message}).encode())
    except OSError:
        pass
    sys.exit(message)


def _serve(link: socket.socket, greeting: Dict[str, Any], starts_programs: bool) -> None:
    # A template gets forks alone and must be able to fork, and a helper gets decodes alone and must not: which it is shows in the first message. So the
    # filter goes on with the first decode, and what is in force then is what is greeted with.
    global _memory
    if greeting["forks"]:
        _greet(link, greeting, "Standard" if os.environ.get("CLIPGUARD_SANDBOX") in ("Standard", "Strict") else "Off", starts_programs)
        message, descriptors = _receive(link)
        if message.get("type") == "fork":
            _be_template(link, greeting, message, descriptors)
        _close(starts_programs)
        _begin()
        _work(link, message, descriptors)
    else:
        level = _close(starts_programs)
        _begin()
        _greet(link, greeting, level, starts_programs)
    while True:
        message, descriptors = _receive(link)
        if starts_programs:
            _sandbox.bury_orphans()
        _work(link, message, descriptors)


def _greet(link: socket.socket, greeting: Dict[str, Any], level: str, starts_programs: bool) -> None:
    limits: Dict[str, Any] = {}
    if level != "Off" and os.environ.get("CLIPGUARD_MEMORY_BYTES", "").isdigit():
        limits["memoryBytes"] = int(os.environ["CLIPGUARD_MEMORY_BYTES"])
    if starts_programs:
        limits["startsPrograms"] = True
    _send(link, {**greeting, "profile": os.environ.get("CLIPGUARD_PROFILE", "Decoder"), "sandbox": level, "limits": limits})


def _close(starts_programs: bool) -> str:
    asked = os.environ.get("CLIPGUARD_SANDBOX")
    _sandbox.forbid_core_dumps()
    if asked not in ("Standard", "Strict"):
        return "Off"
    extra = os.environ.get("CLIPGUARD_MEMORY_BYTES", "")
    if extra.isdigit():
        _sandbox.bound_memory(int(extra))
    return _sandbox.level(asked, starts_programs)


def _begin() -> None:
    global _memory
    _memory = SharedMemory(4)
    os.dup2(2, 1)
    sys.stdout = sys.stderr = LogStream(_memory)  # type: ignore[assignment]


def _receive(link: socket.socket) -> Tuple[Dict[str, Any], List[int]]:
    data, control, _, _ = link.recvmsg(_MAX_MESSAGE, socket.CMSG_SPACE(3 * 4), socket.MSG_CMSG_CLOEXEC)
    if not data:
        os._exit(0)
    descriptors = array.array("i")
    for level, kind, content in control:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[:len(content) // 4 * 4])
    return json.loads(data), descriptors.tolist()


def _send(link: socket.socket, message: Dict[str, Any]) -> None:
    link.send(json.dumps(message, ensure_ascii=True).encode())


def _work(link: socket.socket, message: Dict[str, Any], descriptors: List[int]) -> None:
    global _stage
    assert _memory is not None
    number = message["id"]
    request = message["request"]
    _memory.begin()
    _stage = "none"
    clip = None
    try:
        stage("open")
        spec = Spec(request["spec"], request.get("limits", {}), request.get("decoderThreads", 1))
        decode = _decoders.get(spec.members["as"])
        if decode is None:
            raise Unsupported(f"This decoder does no {spec.members['as']}.")
        clip = Clip(request["source"], _memory, message.get("inputLength", 0), descriptors[0] if descriptors else -1)
        answer = _deliver(decode(clip, spec), spec, message)
    except MemoryError:
        answer = _fault("LimitExceeded", "The decoder ran out of memory.")
    except Finding as found:
        answer = _fault(found.kind, str(found))
    except FileNotFoundError as error:
        answer = _fault("Missing", f"{error.filename}: {error.strerror}.")
    except OSError as error:
        if error.errno in _STORAGE and error.filename is not None:
            answer = _fault("Missing", f"{error.filename}: {error.strerror}.")
            answer["fault"]["storage"] = _STORAGE[error.errno]
        else:
            answer = _found(error)
    except Exception as error:
        answer = _found(error)
    finally:
        if clip is not None:
            clip.close()
    _send(link, {"type": "reply", "id": number, **answer})


def _found(error: BaseException) -> Dict[str, Any]:
    for line in traceback.format_exc().rstrip().splitlines()[-_TRACE_LINES:]:
        log(line)
    return _fault("Corrupt", f"{type(error).__name__}: {error}".splitlines()[0])


def _fault(kind: str, message: str) -> Dict[str, Any]:
    return {"fault": {"kind": kind, "stage": _stage.capitalize(), "message": message[:_MAX_TEXT]}}


def _deliver(result: Any, spec: Spec, message: Dict[str, Any]) -> Dict[str, Any]:
    import numpy

    assert _memory is not None
    stage("convert")
    kind = spec.members["as"]
    offset, capacity = message["outputOffset"], message["outputCapacity"]
    if kind == "inspect":
        data = result if isinstance(result, (bytes, bytearray)) else json.dumps(result).encode()
        described = numpy.frombuffer(data, numpy.uint8)
        _fit(described.nbytes, capacity)
        _memory.write(offset, described)
        return {"clip": {"element": "UInt8", "shape": [described.size], "damage": {}}}
    beside = None
    if isinstance(result, tuple):
        result, beside = result
    elements = numpy.asarray(result)
    if kind == "audio":
        if elements.ndim == 1:
            elements = elements[numpy.newaxis, :]
        rate = int(beside) if beside is not None else spec.rate
        _check(elements, "float32", 2, kind)
        _fit(elements.nbytes, capacity)
        _memory.write(offset, elements)
        return {"clip": {"element": "Float32", "shape": list(elements.shape), "sampleRateHz": rate, "damage": {}}}
    _check(elements, "uint8", 4 if kind == "video" else 3, kind)
    if spec.members.get("layout") == "ChannelsFirst":
        elements = numpy.moveaxis(elements, -1, -3)
    times = numpy.asarray([] if beside is None else beside, "f8")
    behind = (elements.nbytes + 7) // 8 * 8
    _fit(behind + times.nbytes if times.size else elements.nbytes, capacity)
    _memory.write(offset, elements)
    if times.size:
        _memory.write(offset + behind, times)
    return {"clip": {"element": "UInt8", "shape": list(elements.shape), "damage": {}}, "frameTimes": int(times.size)}


def _check(elements: Any, element: str, dimensions: int, kind: str) -> None:
    if elements.dtype != element or elements.ndim != dimensions:
        raise TypeError(f"The worker's function for {kind} gave {elements.dtype} {elements.shape}; it has to give {element} with {dimensions} dimensions")


def _fit(needed: int, capacity: int) -> None:
    if needed > capacity:
        raise LimitExceeded(f"The decoded clip has {needed} bytes, and {capacity} are allowed.")


def _be_template(link: socket.socket, greeting: Dict[str, Any], message: Dict[str, Any], descriptors: List[int]) -> None:
    """Forks helpers until the supervisor wants no more; returns in none of them."""
    template = os.getpid()
    while True:
        kind = message.get("type")
        if kind == "fork":
            try:
                child = os.fork()
            except OSError as error:
                _send(link, {"type": "forkFailed", "id": message["id"], "message": str(error)})
            else:
                if child == 0:
                    _be_child(template, greeting, descriptors, message.get("scratch"))
                _send(link, {"type": "forked", "id": message["id"], "pid": child})
            for descriptor in descriptors:
                os.close(descriptor)
        elif kind == "reap":
            try:
                _, status = os.waitpid(message["pid"], 0)
            except ChildProcessError:
                status = 0
            _send(link, {"type": "reaped", "pid": message["pid"], "status": status})
        else:
            os._exit(1)
        message, descriptors = _receive(link)


def _move(scratch: str) -> None:
    """Makes a folder the only one that this process writes in, beside that of compiled code."""
    compiled = os.environ.get("NUMBA_CACHE_DIR", "")
    folders = [scratch]
    if compiled and "numba" in sys.modules:
        os.makedirs(compiled, exist_ok=True)
        folders.append(compiled)
    os.chdir(scratch)
    os.environ.update({"CLIPGUARD_SCRATCH": scratch, "TMPDIR": scratch, "XDG_CACHE_HOME": scratch})
    tempfile.tempdir = None
    if os.environ.get("CLIPGUARD_SANDBOX") in ("Standard", "Strict"):
        _sandbox.write_only_in(folders)


def _be_child(template: int, greeting: Dict[str, Any], descriptors: List[int], scratch: Optional[str]) -> None:
    try:
        _sandbox.die_with_parent()
        if os.getppid() != template:
            # It ended before this process could ask to be told: no signal will come any more.
            os._exit(1)
        for target, descriptor in zip((2, 3, 4), descriptors):
            os.dup2(descriptor, target, inheritable=True)
        for descriptor in descriptors:
            if descriptor > 4:
                os.close(descriptor)
        os.setsid()
        if scratch:
            _move(scratch)
        link = socket.socket(fileno=3)
        level = _close(starts_programs=False)
        _begin()
        _greet(link, {**greeting, "forks": False}, level, False)
        while True:
            message, received = _receive(link)
            _work(link, message, received)
    except BaseException:
        traceback.print_exc()
        os._exit(70)
