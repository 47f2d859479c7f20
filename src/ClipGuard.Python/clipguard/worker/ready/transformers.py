"""transformers' load_audio and load_video, the latter with its backend pyav (or VIDEO_LOAD_BACKEND), as ms-swift's load_video_hf calls it."""

import os

import numpy
import transformers
from transformers.audio_utils import load_audio
from transformers.video_utils import load_video

from clipguard import worker

from . import _pictures


@worker.audio
def audio(clip, spec):
    spec.refuse("track", "decoder", "startSeconds", "durationSeconds", "channels")
    worker.stage("decode")
    return numpy.asarray(load_audio(clip.path, sampling_rate=spec.rate or 16000), "f4"), spec.rate or 16000


@worker.video
def video(clip, spec):
    spec.refuse("filter", "background", "colors")
    if spec.size["size"] != "own":
        raise worker.Unsupported("This decoder gives frames in their own size: --size own.")

    def choose(metadata, **_):
        return _pictures.wanted(spec, metadata.total_num_frames, float(metadata.fps or 0))

    worker.stage("decode")
    frames, _ = load_video(clip.path, sample_indices_fn=choose, backend=os.environ.get("VIDEO_LOAD_BACKEND", "pyav"))
    return numpy.asarray(frames)


def main():
    worker.run(
        decoder=f"transformers {transformers.__version__}", libraries={"transformers": transformers.__version__, "numpy": numpy.__version__}
    )
