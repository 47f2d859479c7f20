"""PyAV, as training code calls it: one decoder thread, swresample to the wanted rate, swscale to the wanted size."""

import av
import numpy

from clipguard import worker

from . import _pictures, _samples

_ERROR = getattr(av, "FFmpegError", None) or av.AVError


def _open(clip):
    try:
        return av.open(clip.file)
    except FileNotFoundError:
        raise
    except _ERROR as error:
        raise worker.Corrupt(f"PyAV cannot open it: {error}") from None


@worker.audio
def audio(clip, spec):
    spec.refuse("decoder", "resampler", "startSeconds", "durationSeconds")
    with _open(clip) as container:
        track = spec.members.get("track") or 0
        if track >= len(container.streams.audio):
            raise worker.Unsupported("There is no such audio track.")
        stream = container.streams.audio[track]
        stream.thread_count = spec.decoder_threads
        rate = spec.rate or stream.rate
        # Asked for layout "mono", swresample gives (left + right)/sqrt(2) in floating point (auto_matrix in its rematrix.c), which is 3 dB louder than the mean.
        resampler = av.AudioResampler(format="fltp", layout=stream.layout.name, rate=rate)
        pieces, frames = [], 0
        worker.stage("decode")
        for frame in container.decode(stream):
            frames += 1
            pieces += [piece.to_ndarray() for piece in resampler.resample(frame)]
            worker.progress(frames=frames)
        if not frames:
            raise worker.Corrupt("The clip has no sample.")
        pieces += [piece.to_ndarray() for piece in resampler.resample(None)]
    return _samples.mix(numpy.concatenate(pieces, axis=1), spec), rate


@worker.video
def video(clip, spec):
    spec.refuse("decoder", "filter", "background", "track")
    with _open(clip) as container:
        if not container.streams.video:
            raise worker.Unsupported("There is no video track.")
        stream = container.streams.video[0]
        stream.thread_count = spec.decoder_threads
        _pictures.check_pixels(spec, stream.codec_context.width, stream.codec_context.height)
        fps = float(stream.average_rate or 0)
        worker.stage("decode")
        total = stream.frames or sum(1 for packet in container.demux(stream) if packet.size)
        if not stream.frames:
            container.seek(0)
        numbers = _pictures.wanted(spec, total, fps)
        width, height = _pictures.target(spec, stream.codec_context.width, stream.codec_context.height)
        kept, needed, last, seen = {}, set(numbers), max(numbers), 0
        for number, frame in enumerate(container.decode(stream)):
            seen = number + 1
            worker.progress(frames=seen)
            if number in needed:
                pixels = frame.reformat(width=width, height=height, format="gray" if spec.gray else "rgb24").to_ndarray()
                kept[number] = (pixels if pixels.ndim == 3 else pixels[:, :, numpy.newaxis], float(frame.time or 0))
            if number >= last:
                break
    lacking = [number for number in numbers if number not in kept]
    if lacking:
        raise worker.Corrupt(f"Frame {lacking[0]} was wanted and {seen} came.")
    return numpy.stack([kept[number][0] for number in numbers]), [kept[number][1] for number in numbers]


def main():
    av.logging.set_level(av.logging.ERROR)
    versions = {name: ".".join(map(str, version)) for name, version in av.library_versions.items()}
    worker.run(decoder=f"PyAV {av.__version__}", libraries={"av": av.__version__, "numpy": numpy.__version__, **versions})
