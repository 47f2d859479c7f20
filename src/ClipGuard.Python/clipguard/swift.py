"""ms-swift's loaders of audio and video under the guard: the very functions that it has, called in helper processes.

``install()`` once, before training begins::

    import clipguard.swift
    clipguard.swift.install()        # MEDIA_DECODE_TIMEOUT=20 swift sft …, or install(timeout=20)

Arrays are those that ms-swift's own functions give, because they are who decodes. A clip that hangs, crashes or eats memory raises
:class:`clipguard.ClipFault`, which ms-swift handles as any other sample that cannot be encoded.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
from typing import Any, Callable, Dict, Optional

from ._guard import CallGuard

MODULES = ("swift.template.vision_utils", "swift.llm.template.vision_utils")
"""Where ms-swift 4 and 3 have their loaders."""

FUNCTIONS = (
    "load_audio", "load_video_internvl", "load_video_cogvlm2", "load_video_llava", "load_video_minicpmv_mplug_owl3", "load_video_hf", "load_video_valley",
    "load_video_ovis2", "load_video_ovis2_5",
)

VARIABLES = (
    "NUM_FRAMES", "MAX_NUM_FRAMES", "VIDEO_SEGMENTS", "SAMPLING_RATE", "FPS", "FPS_MIN_FRAMES", "FPS_MAX_FRAMES", "VIDEO_LOAD_BACKEND",
    "SWIFT_AUDIO_LOAD_BACKEND", "ROOT_IMAGE_DIR", "SWIFT_TIMEOUT",
)

_originals: Dict[str, Callable[..., Any]] = {}
_guard: Optional[CallGuard] = None


def install(timeout: Optional[float] = None, workers: int = 1, **options: Any) -> bool:
    """Puts the guard before ms-swift's ``load_audio`` and ``load_video_*``, everywhere that they were imported to.

    :param timeout: seconds that one try at a clip may take; None is what the variable MEDIA_DECODE_TIMEOUT says. Where that is 0 or not set, nothing is done.
    :param workers: helpers for each process: one is enough where a DataLoader has several workers.
    :param options: as of :class:`clipguard.Guard`.
    :returns: whether the guard is in place.
    """
    global _guard
    if timeout is None:
        timeout = float(os.environ.get("MEDIA_DECODE_TIMEOUT") or 0)
    if timeout <= 0:
        return False
    uninstall()
    module = _module()
    _guard = CallGuard([module.__name__], VARIABLES, workers, timeout, **options)
    for name in FUNCTIONS:
        original = getattr(module, name, None)
        if original is not None:
            _originals[name] = original
            _replace(original, _guarded(module, name, original))
    return True


def uninstall() -> None:
    """Puts ms-swift's functions back."""
    global _guard
    for name, original in _originals.items():
        module = _module()
        _replace(getattr(module, name), original)
    _originals.clear()
    if _guard is not None:
        _guard.close()
        _guard = None


def _module() -> Any:
    for name in MODULES:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name is None or not name.startswith(missing.name):
                raise
    raise ImportError("ms-swift is not installed: pip install ms-swift")


def _guarded(module: Any, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    guard = _guard
    assert guard is not None

    @functools.wraps(original)
    def load(clip: Any, *arguments: Any, **keywords: Any) -> Any:
        # Helpers have no network: what lies at an address is fetched here, as ms-swift fetches it.
        if isinstance(clip, str) and clip.strip().startswith("http"):
            clip = module.load_file(clip)
        elif isinstance(clip, str) and len(clip) < 2000 and not os.path.isabs(clip) and os.path.exists(clip):
            clip = os.path.abspath(clip)
        return guard.call(f"{module.__name__}:{name}", clip, *arguments, **keywords)

    return load


# Templates import the functions by name, and so have them in their own modules.
def _replace(old: Any, new: Any) -> None:
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", None)
        if names is not None and getattr(module, "__name__", "").split(".")[0] not in ("clipguard",):
            for name in [name for name, value in list(names.items()) if value is old]:
                setattr(module, name, new)
