"""As ms-swift's templates do, this has the functions by their names."""

from .vision_utils import load_audio


def encode(path):
    return load_audio(path, 16000)
