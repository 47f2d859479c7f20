"""A worker that starts programs, and leaves one behind: in a session of its own, where it may begin one."""

import os
import subprocess
import time

import numpy

from clipguard import worker


@worker.audio
def audio(clip, spec):
    seconds = clip.read().decode()
    # Its parent ends at once, so that it is nobody's child any more.
    command = f"(setsid sleep {seconds} || exec sleep {seconds}) >/dev/null 2>&1 & echo $!"
    started = subprocess.run(["sh", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, check=True)
    worker.log(f"left behind: {started.stdout.decode().strip()}")
    if clip.name.startswith("exit"):
        os._exit(7)
    if clip.name.startswith("hang"):
        time.sleep(1000)
    return numpy.ones(1, "f4"), spec.rate or 16000


worker.run("starting 1", {"numpy": numpy.__version__}, starts_programs=True)
