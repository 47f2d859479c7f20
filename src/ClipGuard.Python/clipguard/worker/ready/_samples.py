"""Mixing and resampling, for decoders that leave both to their callers."""

from __future__ import annotations

import math
from typing import Any, Dict, Tuple

import numpy

from .. import Spec, Unsupported


def cut(samples: Any, rate: int, spec: Spec) -> Any:
    """The time range of ``(channels, samples)``."""
    first = int(math.floor(spec.start * rate))
    last = None if spec.duration is None else first + int(math.floor(spec.duration * rate))
    return samples[:, first:last]


def mix(samples: Any, spec: Spec) -> Any:
    """The mean of all channels, where one is wanted."""
    return samples.mean(axis=0, keepdims=True, dtype="f4") if spec.mono and samples.shape[0] > 1 else samples


def resample(samples: Any, rate: int, spec: Spec) -> Tuple[Any, int]:
    """To the wanted rate, by PyAV, as ms-swift's backend soundfile_pyav and vLLM do it; exactly ``ceil(n·target/source)`` samples."""
    wanted = spec.rate or rate
    if wanted == rate:
        return samples, rate
    try:
        import av
    except ImportError:
        raise Unsupported(f"The audio has {rate} Hz, {wanted} were asked for, and resampling needs Python's av, which is not installed.") from None
    spec.refuse("resampler")
    length = math.ceil(samples.shape[1] * wanted / rate)
    out = numpy.zeros((samples.shape[0], length), "f4")
    for channel, one in enumerate(samples):
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=wanted)
        padded = numpy.pad(one, (0, max(0, 1024 - one.size))).astype("f4").reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(padded, format="fltp", layout="mono")
        frame.sample_rate = rate
        pieces = [piece.to_ndarray() for piece in [*resampler.resample(frame), *resampler.resample(None)]]
        resampled = numpy.concatenate(pieces, axis=1)[0, :length]
        out[channel, :resampled.size] = resampled
    return out, wanted


def libraries() -> Dict[str, str]:
    """What resampling takes part with."""
    try:
        import av
    except ImportError:
        return {}
    return {"av": av.__version__, **{name: ".".join(map(str, version)) for name, version in av.library_versions.items() if name == "libswresample"}}
