"""soundfile, mixed by its mean and resampled by PyAV: ms-swift's backend soundfile_pyav, without its fall-back."""

import numpy
import soundfile

from clipguard import worker

from . import _samples


@worker.audio
def load(clip, spec):
    spec.refuse("track", "decoder")
    try:
        file = soundfile.SoundFile(clip.file)
    except soundfile.LibsndfileError as error:
        # 1: libsndfile knows no such format.
        raise (worker.Unsupported if error.code == 1 else worker.Corrupt)(str(error)) from None
    with file:
        worker.stage("decode")
        pieces, done = [], 0
        while True:
            piece = file.read(1 << 16, dtype="float32", always_2d=True)
            if not len(piece):
                break
            pieces.append(piece)
            done += len(piece)
            worker.progress(frames=done)
        if not pieces:
            raise worker.Corrupt("The clip has no sample.")
        rate = file.samplerate
    samples = numpy.concatenate(pieces).T
    worker.stage("convert")
    return _samples.resample(_samples.mix(_samples.cut(samples, rate, spec), spec), rate, spec)


def main():
    worker.run(
        decoder=f"soundfile {soundfile.__version__}",
        libraries={"soundfile": soundfile.__version__, "libsndfile": soundfile.__libsndfile_version__, "numpy": numpy.__version__, **_samples.libraries()},
    )
