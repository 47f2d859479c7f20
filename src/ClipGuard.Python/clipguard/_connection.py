"""The command ``clipguard serve`` as a child, and the socket to it. What is said over it: src/ClipGuard.Cli/Serving/README.md."""

from __future__ import annotations

import array
import json
import logging
import os
import socket
import subprocess
import threading
import time
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple, Union

from ._errors import GuardUnavailable
from ._memory import Mapping

PROTOCOL = 1

_MAX_MESSAGE = 256 * 1024
_MAX_REQUEST = 128 * 1024
_DESCRIPTOR_BYTES = array.array("i").itemsize
_START_SECONDS = 120.0
_END_SECONDS = 10.0
_WRONG_USE = 2
_COMMAND_PREFIX = "clipguard: "

_log = logging.getLogger("clipguard")

Payload = Union[bytearray, Mapping, None]
Answer = Tuple[Dict[str, Any], Payload]


# Workers in Python that the command starts find this package where this program found it.
def _environment() -> Dict[str, str]:
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    rest = os.environ.get("PYTHONPATH", "")
    return {**os.environ, "PYTHONPATH": folder + (os.pathsep + rest if rest else "")}


class Connection:
    """One child and its socket, of one process. Any thread may ask; whichever waits first reads for all of them."""

    def __init__(self, command: Sequence[str], arguments: Sequence[str]):
        self._state = threading.Condition(threading.Lock())
        self._answers: Dict[int, Answer] = {}
        self._awaited: Set[int] = set()
        self._reading = False
        self._broken: Optional[str] = None
        self._last = 0
        # Not a pipe: it would have to be drained by a thread, and a process with threads is not forked gladly.
        self._said = os.memfd_create("clipguard-stderr", os.MFD_CLOEXEC)
        self._told = 0
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                number = theirs.fileno()
                # In a session of its own it gets no signal that is meant for this program's terminal.
                self._process = subprocess.Popen(
                    [*command, "serve", "--socket", str(number), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._said,
                    pass_fds=[number],
                    env=_environment(),
                    start_new_session=True,
                )
        except OSError as error:
            self._socket.close()
            os.close(self._said)
            raise GuardUnavailable(f"{command[0]} cannot be started: {error}") from None
        try:
            self.greeting = self._greet()
        except BaseException:
            self.close()
            raise

    def ask(self, request: Dict[str, Any], source: Optional[bytes] = None) -> int:
        """Sends a request and gives its number. ``source`` are the bytes of a clip in memory."""
        with self._state:
            if self._broken is not None:
                raise GuardUnavailable(self._broken)
            self._last += 1
            number = self._last
            self._awaited.add(number)
        try:
            self._send({"id": number, **request}, source)
        except BaseException as error:
            if isinstance(error, GuardUnavailable):
                self._break(str(error))
            with self._state:
                self._awaited.discard(number)
            raise
        return number

    def wait(self, number: int) -> Answer:
        """Waits for the answer to a request."""
        try:
            with self._state:
                while True:
                    if number in self._answers:
                        return self._answers.pop(number)
                    if self._broken is not None:
                        raise GuardUnavailable(self._broken)
                    if not self._reading:
                        self._reading = True
                        break
                    self._state.wait()
            try:
                while True:
                    answer = self._receive()
                    told = answer[0].get("id", 0)
                    if told == number:
                        return answer
                    with self._state:
                        if told in self._awaited:
                            self._answers[told] = answer
                            self._state.notify_all()
            except BaseException as error:
                if isinstance(error, GuardUnavailable):
                    self._break(str(error))
                raise
            finally:
                with self._state:
                    self._reading = False
                    self._state.notify_all()
        except BaseException as error:
            # Whoever is interrupted while it waits does not want the answer any more.
            if not isinstance(error, GuardUnavailable):
                self.forget(number)
            raise
        finally:
            with self._state:
                self._awaited.discard(number)

    def forget(self, number: int) -> None:
        """Cancels a request whose answer nobody waits for."""
        with self._state:
            self._awaited.discard(number)
            self._answers.pop(number, None)
            if self._broken is not None:
                return
        try:
            self._send({"id": number, "ask": "cancel"}, None)
        except GuardUnavailable:
            pass

    @property
    def is_broken(self) -> bool:
        return self._broken is not None

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    def close(self) -> None:
        """Ends the child."""
        self._break("The guard was closed.")
        try:
            # Children that were forked meanwhile have the socket open too; this is heard all the same.
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._socket.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._tell()
        if self._said >= 0:
            os.close(self._said)
            self._said = -1

    def abandon(self) -> None:
        """In a forked child: closes what it inherited. The process and its decodes are its parent's."""
        self._socket.close()
        if self._said >= 0:
            os.close(self._said)
            self._said = -1
        # Not ours to wait for.
        self._process.returncode = 0

    def _greet(self) -> Dict[str, Any]:
        self._socket.settimeout(_START_SECONDS)
        try:
            told, _ = self._receive()
        except socket.timeout:
            raise GuardUnavailable(f"clipguard serve said nothing for {_START_SECONDS:.0f} seconds. {self._text()}") from None
        except GuardUnavailable:
            # An option that there is not is refused before the socket is known.
            text = self._text()
            if self._process.returncode != _WRONG_USE or not text.startswith(_COMMAND_PREFIX):
                raise
            self._told = os.fstat(self._said).st_size
            raise ValueError(text) from None
        self._socket.settimeout(None)
        if "mistake" in told:
            raise ValueError(told["mistake"])
        if "unready" in told:
            raise GuardUnavailable(told["unready"])
        ready = told.get("ready", {})
        if ready.get("protocol") != PROTOCOL:
            raise GuardUnavailable(
                f"This package speaks version {PROTOCOL} of the protocol, and clipguard {ready.get('clipguard', '')} speaks {ready.get('protocol')}: "
                "use the package that came with the command"
            )
        self._tell()
        return ready

    def _send(self, message: Dict[str, Any], source: Optional[bytes]) -> None:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogateescape")
        if len(text) > _MAX_REQUEST:
            raise ValueError(f"The request has {len(text)} bytes where {_MAX_REQUEST} are allowed: ask for fewer frames at once")
        control: List[Any] = []
        memory = -1
        try:
            if source is not None:
                memory = os.memfd_create("clip", os.MFD_CLOEXEC)
                view = memoryview(source).cast("B")
                while view:
                    view = view[os.write(memory, view):]
                control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [memory]))]
            self._socket.sendmsg([text], control)
        except OSError as error:
            raise GuardUnavailable(self._end(f"cannot be reached: {error}")) from None
        finally:
            if memory >= 0:
                os.close(memory)

    def _receive(self) -> Answer:
        try:
            data, control, _, _ = self._socket.recvmsg(_MAX_MESSAGE, socket.CMSG_SPACE(_DESCRIPTOR_BYTES), socket.MSG_CMSG_CLOEXEC)
        except socket.timeout:
            raise
        except OSError as error:
            raise GuardUnavailable(self._end(f"cannot be reached: {error}")) from None
        payload: Payload = None
        for level, kind, content in control:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptor = array.array("i", content[:_DESCRIPTOR_BYTES])[0]
                try:
                    payload = Mapping(descriptor)
                finally:
                    os.close(descriptor)
        if not data:
            raise GuardUnavailable(self._end("has ended"))
        end = data.find(b"\0")
        if end >= 0:
            payload = bytearray(memoryview(data)[end + 1:])
            data = data[:end]
        self._tell()
        return json.loads(data), payload

    def _break(self, reason: str) -> None:
        with self._state:
            if self._broken is None:
                self._broken = reason
            self._state.notify_all()

    def _end(self, what: str) -> str:
        deadline = time.monotonic() + _END_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        code = self._process.returncode
        how = "" if code is None else f" with exit code {code}" if code >= 0 else f" by signal {-code}"
        return f"clipguard serve {what}{how}. {self._text()}".rstrip()

    def _text(self) -> str:
        if self._said < 0:
            return ""
        start = max(0, os.fstat(self._said).st_size - 4096)
        return os.pread(self._said, 4096, start).decode("utf-8", "replace").strip()

    # What the child has written to its error stream: warnings, a line each.
    def _tell(self) -> None:
        if self._said < 0:
            return
        size = os.fstat(self._said).st_size
        if size > self._told:
            text = os.pread(self._said, size - self._told, self._told).decode("utf-8", "replace")
            self._told = size
            for line in text.splitlines():
                if line.strip():
                    _log.warning("%s", line)
