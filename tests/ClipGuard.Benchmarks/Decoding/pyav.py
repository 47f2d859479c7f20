"""16 uniform frames of 224x224 with PyAV, decoding on and reformatting, one thread. Prints the CPU milliseconds of one decode.

pyav.py ROUNDS FILE...
"""
import sys
import time

import av
import numpy

WANTED, SIDE = 16, 224


def decode(path):
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.thread_count = 1
        wanted = numpy.linspace(0, stream.frames - 1, WANTED).round().astype(int).tolist()
        pictures = []
        for number, frame in enumerate(container.decode(stream)):
            while len(pictures) < WANTED and number == wanted[len(pictures)]:
                pictures.append(frame.reformat(width=SIDE, height=SIDE, format="rgb24").to_ndarray())
            if len(pictures) == WANTED:
                return numpy.stack(pictures)


rounds, paths = int(sys.argv[1]), sys.argv[2:]
decode(paths[0])
start = time.process_time()
for _ in range(rounds):
    for path in paths:
        decode(path)
print((time.process_time() - start) * 1000 / rounds / len(paths))
