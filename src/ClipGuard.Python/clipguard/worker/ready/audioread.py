"""audioread without ffmpeg: what its own readers in this process know (WAV, AIFF, AU), 16 bits."""

import audioread
import audioread.rawread
import numpy

from clipguard import worker

from . import _samples


@worker.audio
def load(clip, spec):
    spec.refuse("track", "decoder")
    try:
        file = audioread.rawread.RawAudioFile(clip.path)
    except (audioread.rawread.UnsupportedError, audioread.DecodeError):
        raise worker.Unsupported("audioread reads this only through a program that it would start, which this worker does not do.") from None
    with file:
        worker.stage("decode")
        pieces, done = [], 0
        for block in file:
            pieces.append(block)
            done += len(block)
            worker.progress(bytes_read=done)
        channels, rate = file.channels, file.samplerate
    samples = numpy.frombuffer(b"".join(pieces), "<i2").reshape(-1, channels).T.astype("f4") / 32768
    if not samples.size:
        raise worker.Corrupt("The clip has no sample.")
    worker.stage("convert")
    return _samples.resample(_samples.mix(_samples.cut(samples, rate, spec), spec), rate, spec)


def main():
    version = getattr(audioread, "__version__", None) or "unknown"
    worker.run(decoder=f"audioread {version}", libraries={"audioread": version, "numpy": numpy.__version__, **_samples.libraries()})
