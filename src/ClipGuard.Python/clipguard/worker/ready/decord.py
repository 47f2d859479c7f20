"""decord's VideoReader.get_batch with one thread."""

import decord
import numpy

from clipguard import worker

from . import _pictures


@worker.video
def video(clip, spec):
    spec.refuse("filter", "background", "colors", "layout")
    size = spec.size
    width, height = (size["width"], size["height"]) if size["size"] == "exact" else (-1, -1)
    if size["size"] not in ("exact", "own"):
        raise worker.Unsupported(f"This decoder does not do sizes of the kind {size['size']}.")
    reader = decord.VideoReader(clip.file, ctx=decord.cpu(0), width=width, height=height, num_threads=spec.decoder_threads)
    worker.stage("decode")
    numbers = _pictures.wanted(spec, len(reader), float(reader.get_avg_fps()))
    frames = reader.get_batch(numbers).asnumpy()
    worker.progress(frames=len(frames))
    return frames, numpy.asarray(reader.get_frame_timestamp(numbers))[:, 0]


def main():
    decord.logging.set_level(decord.logging.ERROR)
    worker.run(decoder=f"decord {decord.__version__}", libraries={"decord": decord.__version__, "numpy": numpy.__version__})
