"""OpenCV: pictures by imdecode, videos by VideoCapture, as training code reads them; RGB instead of its BGR."""

import cv2
import numpy

from clipguard import worker

from . import _pictures


def _finish(picture, spec):
    width, height = _pictures.target(spec, picture.shape[1], picture.shape[0])
    if (width, height) != (picture.shape[1], picture.shape[0]):
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    picture = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY if spec.gray else cv2.COLOR_BGR2RGB)
    return picture if picture.ndim == 3 else picture[:, :, numpy.newaxis]


@worker.image
def image(clip, spec):
    spec.refuse("filter", "background")
    data = numpy.frombuffer(clip.read(), numpy.uint8)
    worker.stage("decode")
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
    except cv2.error as error:
        # OpenCV's own limits on width, height and pixels (CV_IO_MAX_IMAGE_…), which it checks before it decodes.
        if "CV_IO_MAX_IMAGE" in str(error):
            raise worker.LimitExceeded(f"OpenCV takes no picture of that size: {error.err}") from None
        raise
    if picture is None:
        raise worker.Unsupported("OpenCV does not know what this is, or cannot decode it.")
    _pictures.check_pixels(spec, picture.shape[1], picture.shape[0])
    worker.progress(frames=1)
    return _finish(picture, spec)


@worker.video
def video(clip, spec):
    spec.refuse("filter", "background")
    capture = cv2.VideoCapture(clip.path)
    try:
        if not capture.isOpened():
            raise worker.Unsupported("OpenCV does not know what this is, or cannot open it.")
        total, fps = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), capture.get(cv2.CAP_PROP_FPS)
        numbers = _pictures.wanted(spec, total, fps)
        kept, needed, seen = {}, set(numbers), 0
        worker.stage("decode")
        for number in range(max(numbers) + 1):
            if not capture.grab():
                break
            seen = number + 1
            worker.progress(frames=seen)
            if number in needed:
                good, picture = capture.retrieve()
                if good:
                    kept[number] = _finish(picture, spec)
    finally:
        capture.release()
    lacking = [number for number in numbers if number not in kept]
    if lacking:
        raise worker.Corrupt(f"Frame {lacking[0]} was wanted, {total} were promised, and {seen} came.")
    return numpy.stack([kept[number] for number in numbers])


def main():
    cv2.setNumThreads(1)
    worker.run(decoder=f"OpenCV {cv2.__version__}", libraries={"opencv": cv2.__version__, "numpy": numpy.__version__})
