"""A reader of videos for qwen-vl-utils: ``clipguard.qwen.install()`` registers it under the name ``clipguard`` and has it used.

qwen-vl-utils falls back to torchvision, in this process and without a guard, whenever a reader raises anything. For what this reader refuses it does not:
the fault is raised instead.
"""

from __future__ import annotations

import importlib
import os
import threading
from typing import Any, Dict, Optional, Tuple

from ._guard import Guard
from .decord import video_facts

NAME = "clipguard"

_failed = threading.local()


def install(guard: Optional[Guard] = None, force: bool = True) -> None:
    """Registers the reader.

    :param guard: what decodes; by default a Guard with one worker and the deadline of MEDIA_DECODE_TIMEOUT.
    :param force: has it used from now on; False leaves that to the variable FORCE_QWENVL_VIDEO_READER=clipguard.
    """
    module = importlib.import_module("qwen_vl_utils.vision_process")
    guard = guard or Guard(workers=1, timeout=None)
    readers = module.VIDEO_READER_BACKENDS
    original = getattr(readers.get("torchvision"), "_clipguard_original", readers.get("torchvision"))

    def read(element: Dict[str, Any]) -> Tuple[Any, Dict[str, Any], float]:
        try:
            return _read(module, guard, element)
        except Exception as error:
            _failed.by = element, error
            raise

    def fall_back(element: Dict[str, Any]) -> Any:
        by, _failed.by = getattr(_failed, "by", None), None
        if by is not None and by[0] is element:
            raise by[1]
        return original(element)

    fall_back._clipguard_original = original  # type: ignore[attr-defined]
    readers[NAME] = read
    if original is not None:
        readers["torchvision"] = fall_back
    if force or os.environ.get("FORCE_QWENVL_VIDEO_READER") == NAME:
        module.FORCE_QWENVL_VIDEO_READER = NAME
    module.get_video_reader_backend.cache_clear()


def _read(module: Any, guard: Guard, element: Dict[str, Any]) -> Tuple[Any, Dict[str, Any], float]:
    import torch

    path = element["video"]
    if path.startswith("file://"):
        path = path[len("file://"):]
    facts = video_facts(guard, path)
    first, last, total = module.calculate_video_frame_range(element, facts["frames"], facts["fps"])
    count = module.smart_nframes(element, total_frames=total, video_fps=facts["fps"])
    numbers = torch.linspace(first, last, count).round().long().tolist()
    frames = torch.from_numpy(guard.load_video(path, indices=numbers)).permute(0, 3, 1, 2)
    metadata = {"fps": facts["fps"], "frames_indices": numbers, "total_num_frames": total, "video_backend": NAME}
    return frames, metadata, count / max(total, 1e-6) * facts["fps"]
