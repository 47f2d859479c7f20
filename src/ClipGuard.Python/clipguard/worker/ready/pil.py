"""Pillow: what is transparent over the background, then RGB or gray; upright, as the protocol has it."""

import io

import numpy
import PIL
from PIL import Image, ImageOps, UnidentifiedImageError

from clipguard import worker

from . import _pictures


@worker.image
def load(clip, spec):
    spec.refuse("filter")
    try:
        picture = Image.open(io.BytesIO(clip.read()))
    except UnidentifiedImageError:
        raise worker.Unsupported("Pillow does not know what this is.") from None
    except Image.DecompressionBombError as error:
        raise worker.LimitExceeded(str(error)) from None
    _pictures.check_pixels(spec, *picture.size)
    worker.stage("decode")
    picture.load()
    worker.progress(frames=1)
    worker.stage("convert")
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        color = spec.members.get("background") or {"red": 255, "green": 255, "blue": 255}
        ground = Image.new("RGBA", picture.size, (color["red"], color["green"], color["blue"], 255))
        picture = Image.alpha_composite(ground, picture)
    picture = picture.convert("L" if spec.gray else "RGB")
    size = _pictures.target(spec, *picture.size)
    if size != picture.size:
        picture = picture.resize(size, Image.BICUBIC)
    pixels = numpy.asarray(picture)
    return pixels if pixels.ndim == 3 else pixels[:, :, numpy.newaxis]


def main():
    Image.MAX_IMAGE_PIXELS = None
    Image.init()
    worker.run(decoder=f"Pillow {PIL.__version__}", libraries={"pillow": PIL.__version__, "numpy": numpy.__version__})
