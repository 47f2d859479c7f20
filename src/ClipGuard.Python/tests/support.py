"""What the tests share. They run from this folder's parent: python3 -m unittest tests.test_guard"""

import os
import pathlib
import struct
import time
import unittest
import wave

FOLDER = pathlib.Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[2]
SAMPLES = REPOSITORY / "datasets-sample"
os.environ.setdefault("CLIPGUARD", str(REPOSITORY / "artifacts" / "clipguard" / "clipguard"))


def sample(name):
    return str(SAMPLES / name)


def needs(*modules):
    """Skips a test case by name where a module is missing."""
    for module in modules:
        try:
            __import__(module)
        except ImportError:
            return unittest.skip(f"Python's {module} is not installed")
    return lambda case: case


def write_wav(path, samples, rate=16000):
    """Mono, 16 bits."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def write_bmp(path, width, height):
    """24 bits, one colour."""
    stride = (3 * width + 3) // 4 * 4
    head = struct.pack("<2sIHHIIiiHHIIiiII", b"BM", 54 + stride * height, 0, 0, 54, 40, width, height, 1, 24, 0, stride * height, 2835, 2835, 0, 0)
    path.write_bytes(head + bytes([10, 20, 30]) * width * height if stride == 3 * width else head + bytes(stride * height))


def is_alive(pid):
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat[stat.rindex(")") + 2] not in "ZX"


def wait_until(condition, seconds=20):
    """True as soon as the condition is."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
