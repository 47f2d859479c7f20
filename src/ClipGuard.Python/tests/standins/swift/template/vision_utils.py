"""Stands in for ms-swift's module of this name: functions with its signatures, over what Debian has."""

import io
import os
import time
import wave

import numpy
from PIL import Image


def load_file(path):
    with open(path, "rb") as file:
        return io.BytesIO(file.read())


def load_audio(audio, sampling_rate, return_sr=False, mono=True):
    if isinstance(audio, str) and "hang" in audio:
        time.sleep(1000)
    with wave.open(load_file(audio) if isinstance(audio, str) else audio) as file:
        samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype("f4") / 32768
        rate = file.getframerate()
    return (samples, rate) if return_sr else samples


def load_video_internvl(video, bound=None, num_segments=32):
    count = int(os.environ.get("NUM_FRAMES", num_segments))
    return [Image.fromarray(numpy.full((300, 400, 3), number, "u1")) for number in range(count)]


def load_video_llava(video):
    return numpy.zeros((4, 500, 500, 3), "u1")


def load_video_hf(videos):
    return [numpy.zeros((2, 8, 8, 3), "u1") for _ in videos], [{"fps": 2.0, "frames": (0, 1)} for _ in videos]
