"""Frames and sizes, for decoders that leave both to their callers."""

from __future__ import annotations

import math
from typing import Any, List, Optional, Sequence

import numpy

from .. import Corrupt, Spec, Unsupported


def wanted(spec: Spec, total: int, fps: float, times: Optional[Sequence[float]] = None) -> List[int]:
    """Numbers of the wanted frames of a video with so many."""
    spec.refuse("endSeconds", "startSeconds", "track")
    if total < 1:
        raise Unsupported("The video has no frame.")
    selection = spec.selection
    by = selection["by"]
    if by == "uniform":
        return numpy.linspace(0, total - 1, selection["count"]).round().astype(int).tolist()
    if by == "midpoint":
        count = selection["count"]
        segment = (total - 1) / count
        return [int(segment / 2 + round(segment * i)) for i in range(count)]
    if by in ("rate", "smart"):
        return _smart(selection, total, fps)
    if by == "index":
        numbers = [index + total if index < 0 else index for index in selection["indices"]]
        outside = [index for index, number in zip(selection["indices"], numbers) if not 0 <= number < total]
        if outside:
            raise Corrupt(f"Frame {outside[0]} was asked for, and there are {total}.")
        return numbers
    if by == "time":
        if times is None:
            times = [i / fps for i in range(total)]
        end = times[-1] + (1 / fps if fps > 0 else 0)
        late = [second for second in selection["seconds"] if second >= end]
        if late:
            raise Corrupt(f"The frame at {late[0]} s was asked for, and the video ends at {end:.3f} s.")
        return [max(0, int(numpy.searchsorted(times, second + 1e-9, side="right")) - 1) for second in selection["seconds"]]
    raise Unsupported(f"This decoder does not choose frames by {by}.")


def _smart(selection: Any, total: int, fps: float) -> List[int]:
    factor = selection.get("factor", 2)
    if selection["by"] == "smart":
        count = round(selection["count"] / factor) * factor
    else:
        fewest = math.ceil(selection.get("minFrames", 4) / factor) * factor
        most = math.floor(min(selection.get("maxFrames", 768), total) / factor) * factor
        count = total / fps * selection["perSecond"]
        count = math.floor(min(min(max(count, fewest), most), total) / factor) * factor
    if not factor <= count <= total:
        raise Unsupported(f"{count} frames cannot be taken of {total}.")
    # As torch.linspace has it in single precision.
    step = numpy.float32((total - 1) / (count - 1)) if count > 1 else numpy.float32(0)
    forward = numpy.float32(0) + step * numpy.arange(count, dtype="f4")
    backward = numpy.float32(total - 1) - step * numpy.arange(count - 1, -1, -1, dtype="f4")
    return numpy.where(numpy.arange(count) < count / 2, forward, backward).round().astype(int).tolist()


def target(spec: Spec, width: int, height: int) -> "tuple[int, int]":
    """The size that pictures of this size are to come out with: (width, height)."""
    size = spec.size
    if size["size"] == "own":
        return width, height
    if size["size"] == "exact":
        return size["width"], size["height"]
    raise Unsupported(f"This decoder does not do sizes of the kind {size['size']}.")


def check_pixels(spec: Spec, width: int, height: int) -> None:
    """Says LimitExceeded where a frame is too large."""
    from .. import LimitExceeded

    most = spec.limits.get("maxFramePixels", 100_000_000)
    if width * height > most:
        raise LimitExceeded(f"The picture has {width}×{height} pixels, and {most} are allowed.")
