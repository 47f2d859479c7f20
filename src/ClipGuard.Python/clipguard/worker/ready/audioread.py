"""audioread, 16 bits: its own reader in this process (WAV, AIFF, AU), and with the argument ``ffmpeg`` that program for what it does not know."""

import sys

import audioread
import audioread.ffdec
import audioread.rawread
import numpy

from clipguard import worker

from . import _samples


@worker.audio
def load(clip, spec):
    spec.refuse("track", "decoder")
    with _open(clip.path) as file:
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


def _open(path):
    try:
        return audioread.rawread.RawAudioFile(path)
    except (audioread.rawread.UnsupportedError, audioread.DecodeError):
        if not _starts_ffmpeg():
            raise worker.Unsupported("audioread reads this only through a program: python3 -m clipguard.worker audioread ffmpeg starts ffmpeg.") from None
    try:
        return audioread.ffdec.FFmpegAudioFile(path)
    except audioread.ffdec.NotInstalledError:
        raise worker.Unsupported("audioread finds no ffmpeg to start.") from None
    except audioread.DecodeError as error:
        raise worker.Corrupt(f"ffmpeg, started by audioread, cannot read it: {type(error).__name__}") from None


def _starts_ffmpeg():
    return "ffmpeg" in sys.argv[2:]


def main():
    version = getattr(audioread, "__version__", None) or "unknown"
    worker.run(
        decoder=f"audioread {version}{' and ffmpeg' if _starts_ffmpeg() else ''}",
        libraries={"audioread": version, "numpy": numpy.__version__, **_samples.libraries()},
        starts_programs=_starts_ffmpeg(),
    )
