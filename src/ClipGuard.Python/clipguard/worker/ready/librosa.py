"""librosa.load as ms-swift calls it."""

import librosa
import numpy

from clipguard import worker


@worker.audio
def load(clip, spec):
    spec.refuse("track", "decoder")
    worker.stage("decode")
    samples, rate = librosa.load(clip.open(), sr=spec.rate or None, mono=spec.mono, offset=spec.start, duration=spec.duration)
    worker.progress(frames=samples.shape[-1])
    return numpy.asarray(samples, "f4"), int(rate)


def main():
    import soundfile

    versions = {"librosa": librosa.__version__, "soundfile": soundfile.__version__, "libsndfile": soundfile.__libsndfile_version__, "numpy": numpy.__version__}
    try:
        import soxr
        versions["soxr"] = soxr.__version__
    except ImportError:
        pass
    worker.run(decoder=f"librosa {librosa.__version__}", libraries=versions)
