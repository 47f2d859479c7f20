"""A worker that does what the clip's name says."""

import ctypes
import multiprocessing
import os
import subprocess
import sys
import tempfile
import types

# Before the filter closes: what programs do when they are imported.
subprocess.run(["true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
with tempfile.NamedTemporaryFile() as scratch:
    scratch.write(b"x")
os.makedirs(os.path.join(os.environ.get("NUMBA_CACHE_DIR", tempfile.gettempdir()), "cache"))
with open("/dev/null", "w") as nothing:
    nothing.write("x")

import numpy

from clipguard import worker

# Where numba is not installed: forks have to write where it was told to when it was imported.
sys.modules.setdefault("numba", types.ModuleType("numba"))
LOCK = multiprocessing.Lock()


def compile_as_numba_does():
    folder = os.path.join(os.environ["NUMBA_CACHE_DIR"], "resample_0a1b2c3d")
    os.makedirs(folder, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as made:
        made.write(b"compiled")
    os.replace(made.name, os.path.join(folder, "resample.py39.1.nbc"))


def lock():
    with LOCK, multiprocessing.RLock(), multiprocessing.Semaphore(2):
        if LOCK.acquire(block=False):
            raise OSError("It is held twice.")


def refused(what):
    try:
        what()
    except OSError:
        return 1.0
    return 0.0


@worker.audio
def audio(clip, spec):
    what = clip.name.split(".")[0]
    if what == "good":
        return numpy.arange(100, dtype="f4"), spec.rate or 16000
    if what == "who":
        return numpy.array([os.getppid()], "f4")
    if what == "hang":
        # In C, and it holds the interpreter's lock.
        ctypes.PyDLL(None).sleep(1000)
    if what == "spin":
        while True:
            pass
    if what == "exit":
        os._exit(7)
    if what == "segfault":
        ctypes.string_at(8)
    if what == "memory":
        return numpy.concatenate([numpy.ones(1 << 26, "f4") for _ in range(64)])
    if what == "output":
        for number in range(20000):
            print("line", number)
            os.write(2, b"noise on the error stream\n")
        return numpy.zeros(1, "f4")
    if what == "endless":
        while True:
            print("and on", flush=True)
            os.write(2, b"and on the error stream\n")
    if what == "closed":
        os.close(3)
        worker.progress(frames=1)
        ctypes.CDLL(None).pause()
    if what == "lies":
        clip = '{"element":"Float32","shape":[7,2000000000],"damage":{}}'
        worker._loop._send = lambda _, answer: os.write(3, ('{"type":"reply","id":%d,"clip":%s}' % (answer["id"], clip)).encode())
        return numpy.zeros(1, "f4")
    if what == "confined":
        home = os.environ["CLIPGUARD_SCRATCH"]
        results = [
            1.0 if os.getcwd() == home == os.environ["TMPDIR"] else 0.0,
            refused(lambda: open("/tmp/escaped", "w")),
            refused(lambda: open(os.path.expanduser("~/.escaped"), "w")),
            refused(lambda: open(os.path.join(os.path.dirname(home), "escaped"), "w")),
            refused(os.fork),
            refused(lambda: subprocess.run(["true"])),
            1.0 - refused(lambda: open("/dev/null", "w").close()),
            1.0 - refused(lambda: tempfile.TemporaryFile().close()),
            1.0 - refused(compile_as_numba_does),
            1.0 - refused(lock),
            1.0 if os.environ.get("LET_THROUGH") == "yes" and "KEPT_BACK" not in os.environ else 0.0,
        ]
        return numpy.array(results, "f4")
    raise ValueError(f"{what} is nothing that this does")


worker.run("misbehaving 1", {"numpy": numpy.__version__})
