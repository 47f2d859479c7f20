"""Workers in Python, spoken to as their supervisor does."""

import array
import json
import mmap
import os
import pathlib
import select
import socket
import subprocess
import sys
import tempfile
import textwrap
import unittest
import wave

from .support import FOLDER, needs, sample, write_wav

MEMORY = 64 << 20


class Supervised:
    """A worker as a supervisor starts it: 0 and 1 are /dev/null, 2 a pipe, 3 the socket, 4 the memory."""

    def __init__(self, *arguments, sandbox="Standard", memory_bytes=512 << 20, folder="/"):
        self.descriptor = os.memfd_create("payload")
        os.ftruncate(self.descriptor, 4096 + MEMORY)
        self.memory = mmap.mmap(self.descriptor, 4096 + MEMORY)
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.errors, write = os.pipe()
        high = [os.dup(fd) for fd in (theirs.fileno(), self.descriptor)]

        def arrange():
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(FOLDER.parent), "CLIPGUARD_PROTOCOL": "2", "CLIPGUARD_PROFILE": "Program",
            "CLIPGUARD_SANDBOX": sandbox, "CLIPGUARD_MEMORY_BYTES": str(memory_bytes), "CLIPGUARD_SCRATCH": tempfile.gettempdir(),
        }
        self.process = subprocess.Popen(
            [sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=write, preexec_fn=arrange, close_fds=False,
            env=environment, cwd=folder,
        )
        for fd in (write, *high):
            os.close(fd)
        theirs.close()
        self.ready = self.receive()

    def receive(self):
        if not select.select([self.socket], [], [], 30)[0]:
            raise TimeoutError("The worker said nothing for 30 seconds.")
        data = self.socket.recv(131072)
        return json.loads(data) if data else None

    def decode(self, source, spec, number=7, capacity=MEMORY, data=b"", descriptor=None):
        self.memory[0:4096] = bytes(4096)
        offset = 0
        if data:
            self.memory[4096:4096 + len(data)] = data
            offset = (len(data) + 7) // 8 * 8
        message = {
            "type": "decode", "id": number, "request": {"source": source, "spec": spec, "limits": {"maxFramePixels": 100_000_000}, "decoderThreads": 1},
            "inputLength": len(data), "outputOffset": offset, "outputCapacity": capacity, "timeLeftMilliseconds": 10000,
        }
        control = [] if descriptor is None else [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [descriptor]))]
        self.socket.sendmsg([json.dumps(message).encode()], control)
        answer = self.receive()
        self.offset = 4096 + offset
        return answer

    def elements(self, clip):
        import numpy

        kind = "<f4" if clip["element"] == "Float32" else "u1"
        count = int(numpy.prod(clip["shape"]))
        return numpy.frombuffer(bytes(self.memory[self.offset:self.offset + count * numpy.dtype(kind).itemsize]), kind).reshape(clip["shape"])

    def log(self):
        return bytes(self.memory[1024:4096]).rstrip(b"\0").decode()

    def close(self):
        self.socket.close()
        try:
            code = self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait()
            os.close(self.errors)
            self.memory.close()
            os.close(self.descriptor)
        return code


def file(path):
    return {"from": "file", "path": path, "offset": 0}


@needs("numpy")
class OwnWorkerTests(unittest.TestCase):
    """A worker of the user's own, all of whose behaviour is in this file."""

    PROGRAM = textwrap.dedent(
        """
        import os, socket, subprocess, sys, threading
        import numpy
        from clipguard import worker

        @worker.audio
        def audio(clip, spec):
            name = spec.members.get("decoder") or "samples"
            if name == "samples":
                worker.progress(frames=3)
                print("seen", clip.name)
                return numpy.frombuffer(clip.read(), "u1").astype("f4"), 8000
            if name == "raises":
                raise ValueError("nothing of this makes sense")
            if name == "memory":
                return numpy.zeros(1 << 30, "u1").astype("f4")
            if name == "shape":
                return numpy.zeros((2, 2, 2), "f4")
            if name == "unsupported":
                raise worker.Unsupported("no")
            if name == "starts":
                refused = []
                for what in (lambda: os.fork(), lambda: subprocess.run(["true"]), lambda: socket.socket(), lambda: os.kill(os.getppid(), 0)):
                    try:
                        what()
                    except OSError:
                        refused.append(1.0)
                thread = threading.Thread(target=lambda: refused.append(2.0))
                thread.start()
                thread.join()
                return numpy.array(refused, "f4")

        worker.run("own 1", {"numpy": numpy.__version__})
        """
    )

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name) / "my_worker.py"
        self.path.write_text(self.PROGRAM)
        # What lies where a worker runs is not imported.
        elsewhere = pathlib.Path(self.folder.name) / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "json.py").write_text("raise RuntimeError('the wrong json')")
        self.worker = Supervised(str(self.path), folder=str(elsewhere))
        self.addCleanup(self.worker.close)

    def ask(self, name, **more):
        return self.worker.decode({"from": "memory"}, {"as": "audio", "decoder": name, **more}, data=b"\1\2\3")

    def test_it_greets_with_what_it_is(self):
        ready = self.worker.ready
        self.assertEqual((ready["type"], ready["protocol"], ready["decoder"], ready["kinds"]), ("ready", 2, "own 1", ["audio"]))
        self.assertEqual((ready["sandbox"], ready["profile"], ready["limits"]["memoryBytes"]), ("Standard", "Program", 512 << 20))
        self.assertIn("numpy", ready["libraries"])

    def test_bytes_come_in_every_way_and_samples_go_out(self):
        clip = pathlib.Path(self.folder.name) / "clip.bin"
        clip.write_bytes(b"\0\1\2\3\4")
        self.ask("samples")
        descriptors = os.listdir(f"/proc/{self.worker.process.pid}/fd")
        with open(clip, "rb") as opened:
            answers = [
                self.worker.decode({"from": "memory"}, {"as": "audio"}, data=b"\1\2\3"),
                self.worker.decode({**file(str(clip)), "offset": 1, "length": 3}, {"as": "audio"}),
                self.worker.decode({"from": "descriptor", "name": "clip.bin", "offset": 1, "length": 3}, {"as": "audio"}, descriptor=opened.fileno()),
            ]
        for answer in answers:
            self.assertEqual(answer["clip"]["shape"], [1, 3], answer)
            self.assertEqual(answer["clip"]["sampleRateHz"], 8000)
        self.assertEqual(self.worker.elements(answers[-1]["clip"]).tolist(), [[1, 2, 3]])
        self.assertEqual(self.worker.log(), "seen clip.bin\n")
        self.assertEqual(os.listdir(f"/proc/{self.worker.process.pid}/fd"), descriptors)

    def test_exceptions_are_findings(self):
        raised = self.ask("raises")["fault"]
        self.assertEqual((raised["kind"], raised["stage"], raised["message"]), ("Corrupt", "Open", "ValueError: nothing of this makes sense"))
        self.assertIn("in audio", self.worker.log())
        self.assertEqual(self.ask("unsupported")["fault"]["kind"], "Unsupported")
        self.assertEqual(self.ask("memory")["fault"]["kind"], "LimitExceeded")
        self.assertIn("2 dimensions", self.ask("shape")["fault"]["message"])
        self.assertEqual(self.worker.decode(file("/nowhere/x.wav"), {"as": "audio"})["fault"]["kind"], "Missing")
        self.assertEqual(self.worker.decode(file("/dev/null"), {"as": "audio"})["fault"]["kind"], "Missing")
        self.assertEqual(self.worker.decode({"from": "memory"}, {"as": "video"})["fault"]["kind"], "Unsupported")
        self.assertEqual(self.worker.decode({"from": "memory"}, {"as": "audio"}, data=b"12345", capacity=8)["fault"]["kind"], "LimitExceeded")
        self.assertEqual(self.ask("samples")["clip"]["shape"], [1, 3])

    def test_it_starts_nothing_once_it_decodes_and_threads_go_on(self):
        answer = self.ask("starts")
        self.assertEqual(self.worker.elements(answer["clip"]).tolist(), [[1, 1, 1, 1, 2]])

    def test_it_ends_when_its_socket_does(self):
        self.worker.socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(self.worker.process.wait(10), 0)

    def test_without_a_supervisor_it_says_how_it_is_started(self):
        environment = {**os.environ, "PYTHONPATH": str(FOLDER.parent)}
        run = subprocess.run([sys.executable, str(self.path)], capture_output=True, text=True, env=environment)
        self.assertIn("--decoder", run.stderr)


@needs("numpy")
class TemplateTests(unittest.TestCase):
    def test_a_template_forks_helpers_that_decode_and_reaps_them_when_told(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "my_worker.py"
            path.write_text(OwnWorkerTests.PROGRAM)
            template = Supervised(str(path))
            self.addCleanup(template.close)
            self.assertTrue(template.ready["forks"])
            for number in range(3):
                errors, write = os.pipe()
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                memory = os.memfd_create("payload")
                os.ftruncate(memory, 4096 + MEMORY)
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [write, theirs.fileno(), memory]))]
                template.socket.sendmsg([json.dumps({"type": "fork", "id": number}).encode()], rights)
                forked = template.receive()
                self.assertEqual((forked["type"], forked["id"]), ("forked", number))
                os.close(write)
                theirs.close()
                child = object.__new__(Supervised)
                child.socket, child.memory, child.offset = ours, mmap.mmap(memory, 4096 + MEMORY), 0
                ready = child.receive()
                self.assertEqual((ready["type"], ready["sandbox"], ready["forks"]), ("ready", "Standard", False))
                self.assertEqual(child.decode({"from": "memory"}, {"as": "audio"}, data=b"\7")["clip"]["shape"], [1, 1])
                ours.close()
                template.socket.sendmsg([json.dumps({"type": "reap", "pid": forked["pid"]}).encode()])
                self.assertEqual(template.receive(), {"type": "reaped", "pid": forked["pid"], "status": 0})
                child.memory.close()
                os.close(memory)
                os.close(errors)


class ReadyWorkerTests(unittest.TestCase):
    """The ready workers, on clips whose values are known."""

    def start(self, name):
        worker = Supervised("-m", "clipguard.worker", name)
        self.addCleanup(worker.close)
        self.assertEqual(worker.ready["type"], "ready", worker.ready)
        return worker

    def expect_wav(self, worker):
        import numpy

        with wave.open(sample("good/tone.wav")) as opened:
            expected = numpy.frombuffer(opened.readframes(opened.getnframes()), "<i2").astype("f4") / 32768
        with open(sample("good/tone.wav"), "rb") as data:
            for source, rate, data in ((file(sample("good/tone.wav")), 0, b""), ({"from": "memory"}, 8000, data.read())):
                answer = worker.decode(source, {"as": "audio", "sampleRateHz": rate}, data=data)
                self.assertEqual((answer.get("fault"), answer["clip"]["sampleRateHz"]), (None, 8000))
                numpy.testing.assert_array_equal(worker.elements(answer["clip"])[0], expected)

    @needs("numpy", "soundfile", "av")
    def test_soundfile(self):
        worker = self.start("soundfile")
        self.expect_wav(worker)
        answer = worker.decode(file(sample("good/tone.flac")), {"as": "audio", "startSeconds": 0.25, "durationSeconds": 0.5})
        self.assertEqual(answer["clip"]["shape"], [1, 8000])
        self.assertEqual(worker.decode(file(sample("bad/noise.mp4")), {"as": "audio"})["fault"]["kind"], "Unsupported")

    @needs("numpy", "av")
    def test_av(self):
        worker = self.start("av")
        self.expect_wav(worker)
        self.assertIn("libavcodec", worker.ready["libraries"])
        answer = worker.decode(file(sample("good/h264.mp4")), {"as": "video", "selection": {"by": "index", "indices": [0, -1]}, "size": {"size": "own"}})
        self.assertEqual((answer["clip"]["shape"], answer["frameTimes"]), ([2, 144, 192, 3], 2))
        times = array.array("d", bytes(worker.memory[worker.offset + 2 * 144 * 192 * 3:][:16]))
        self.assertEqual([round(time, 2) for time in times], [0, 1.96])
        self.assertEqual(worker.decode(file(sample("bad/noise.mp4")), {"as": "video"})["fault"]["kind"], "Corrupt")
        rotated = worker.decode(file(sample("bad/audio-only.mp4")), {"as": "video"})["fault"]
        self.assertEqual(rotated["kind"], "Unsupported")

    @needs("numpy", "PIL")
    def test_pil(self):
        worker = self.start("pil")
        turned = worker.decode(file(sample("good/exif-orientation.jpg")), {"as": "image"})
        self.assertEqual(turned["clip"]["shape"], [160, 120, 3])
        clear = worker.decode(file(sample("good/alpha.png")), {"as": "image", "colors": "Gray", "size": {"size": "exact", "width": 10, "height": 6}})
        self.assertEqual(clear["clip"]["shape"], [6, 10, 1])
        self.assertEqual(worker.decode(file(sample("bad/huge.png")), {"as": "image"})["fault"]["kind"], "LimitExceeded")
        self.assertEqual(worker.decode(file(sample("bad/busy.svg")), {"as": "image"})["fault"]["kind"], "Unsupported")

    @needs("numpy", "cv2")
    def test_cv2(self):
        worker = self.start("cv2")
        video = worker.decode(file(sample("good/h264.mp4")), {"as": "video", "selection": {"by": "uniform", "count": 4}})
        self.assertEqual(video["clip"]["shape"], [4, 224, 224, 3])
        picture = worker.decode(file(sample("good/exif-orientation.jpg")), {"as": "image"})
        self.assertEqual(picture["clip"]["shape"], [160, 120, 3])

    @needs("numpy", "audioread")
    def test_audioread(self):
        worker = self.start("audioread")
        self.expect_wav(worker)
        self.assertEqual(worker.decode(file(sample("good/tone.mp3")), {"as": "audio"})["fault"]["kind"], "Unsupported")

    def test_a_library_that_is_missing_is_named(self):
        worker = Supervised("-m", "clipguard.worker", "torchcodec")
        self.addCleanup(worker.close)
        self.assertEqual((worker.ready["type"], worker.ready["reason"]), ("unready", "DecoderMissing"))
        self.assertIn("torchcodec", worker.ready["message"])


if __name__ == "__main__":
    unittest.main()
