"""torchcodec's VideoDecoder and AudioDecoder."""

import numpy
import torch
import torchcodec
from torchcodec.decoders import AudioDecoder, VideoDecoder

from clipguard import worker

from . import _pictures, _samples


@worker.video
def video(clip, spec):
    spec.refuse("filter", "background", "colors")
    decoder = VideoDecoder(clip.file, num_ffmpeg_threads=spec.decoder_threads, dimension_order="NHWC")
    found = decoder.metadata
    _pictures.check_pixels(spec, found.width, found.height)
    numbers = _pictures.wanted(spec, found.num_frames, found.average_fps)
    worker.stage("decode")
    frames = decoder.get_frames_at(indices=numbers)
    worker.progress(frames=len(numbers))
    pixels = frames.data
    width, height = _pictures.target(spec, pixels.shape[2], pixels.shape[1])
    if (width, height) != (pixels.shape[2], pixels.shape[1]):
        scaled = torch.nn.functional.interpolate(pixels.permute(0, 3, 1, 2).float(), (height, width), mode="bicubic", antialias=True)
        pixels = scaled.round().clamp(0, 255).byte().permute(0, 2, 3, 1)
    return pixels.numpy(), frames.pts_seconds.numpy()


@worker.audio
def audio(clip, spec):
    spec.refuse("track", "decoder", "resampler")
    samples = AudioDecoder(clip.file, sample_rate=spec.rate or None).get_all_samples()
    worker.progress(frames=samples.data.shape[1])
    return _samples.mix(_samples.cut(samples.data.numpy(), samples.sample_rate, spec), spec), samples.sample_rate


def main():
    torch.set_num_threads(1)
    worker.run(
        decoder=f"torchcodec {torchcodec.__version__}",
        libraries={"torchcodec": torchcodec.__version__, "torch": torch.__version__, "numpy": numpy.__version__},
    )
