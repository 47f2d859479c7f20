"""Stands in for qwen-vl-utils' module of this name: its registry of readers, and the fall-back of its fetch_video."""

from functools import lru_cache

FORCE_QWENVL_VIDEO_READER = None
fell_back = []


def smart_nframes(ele, total_frames, video_fps):
    return ele["nframes"]


def calculate_video_frame_range(ele, total_frames, video_fps):
    return 0, total_frames - 1, total_frames


def _torchvision(ele):
    fell_back.append(ele["video"])
    return "unguarded", {}, 1.0


VIDEO_READER_BACKENDS = {"torchvision": _torchvision}


@lru_cache(maxsize=1)
def get_video_reader_backend():
    return FORCE_QWENVL_VIDEO_READER or "torchvision"


def fetch_video(ele):
    try:
        return VIDEO_READER_BACKENDS[get_video_reader_backend()](ele)
    except Exception:
        return VIDEO_READER_BACKENDS["torchvision"](ele)
