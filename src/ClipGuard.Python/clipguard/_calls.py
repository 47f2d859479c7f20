"""Calls of functions in helpers, and what comes back: plain values, arrays, tensors and pictures, without pickle on the way back."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import Any, Dict, List

_ALIGNMENT = 64


def encode(result: Any) -> bytes:
    """A result as JSON, a zero byte, and the elements of its arrays behind it, each from a multiple of 64 bytes on."""
    blobs: List[Any] = []
    head = json.dumps(_tree(result, blobs)).encode() + b"\0"
    pieces = [head]
    length = len(head)
    for blob in blobs:
        padding = -length % _ALIGNMENT
        pieces += [bytes(padding), blob]
        length += padding + len(blob)
    return b"".join(pieces)


def decode(data: Any) -> Any:
    """The result of :func:`encode`; its arrays are views of the data, a uint8 array."""
    text = data[:_zero(data)].tobytes()
    return _value(json.loads(text), data, [len(text) + 1])


def _zero(data: Any) -> int:
    # JSON has none of it; found in steps, because the arrays behind it may be large.
    start, step = 0, 1 << 16
    while True:
        found = (data[start:start + step] == 0).argmax() if (data[start:start + step] == 0).any() else -1
        if found >= 0:
            return start + int(found)
        start += step


def _tree(value: Any, blobs: List[Any]) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return {"v": value}
    if isinstance(value, (list, tuple)):
        return {"l" if isinstance(value, list) else "t": [_tree(one, blobs) for one in value]}
    if isinstance(value, dict):
        return {"d": [[_tree(key, blobs), _tree(one, blobs)] for key, one in value.items()]}
    if isinstance(value, (bytes, bytearray)):
        blobs.append(bytes(value))
        return {"b": len(value)}
    kind = type(value)
    name = kind.__module__.split(".")[0]
    if name == "torch":
        return {"torch": _tree(value.detach().cpu().contiguous().numpy(), blobs)}
    if name == "PIL":
        import numpy

        return {"pil": _tree(numpy.asarray(value), blobs), "mode": value.mode}
    if name == "numpy":
        import numpy

        array = numpy.ascontiguousarray(value)
        blobs.append(array.tobytes())
        return {"a": array.dtype.str, "shape": list(numpy.shape(value)), "scalar": not isinstance(value, numpy.ndarray)}
    if dataclasses.is_dataclass(value):
        fields = {one.name: _tree(getattr(value, one.name), blobs) for one in dataclasses.fields(value)}
        return {"c": f"{kind.__module__}:{kind.__qualname__}", "fields": fields}
    raise TypeError(f"A function in a helper can give plain values, arrays, tensors and pictures, not {kind.__module__}.{kind.__qualname__}")


def _value(tree: Dict[str, Any], data: Any, at: List[int]) -> Any:
    if "v" in tree:
        return tree["v"]
    if "l" in tree:
        return [_value(one, data, at) for one in tree["l"]]
    if "t" in tree:
        return tuple(_value(one, data, at) for one in tree["t"])
    if "d" in tree:
        return {_value(key, data, at): _value(one, data, at) for key, one in tree["d"]}
    if "b" in tree:
        return _take(data, at, tree["b"]).tobytes()
    if "torch" in tree:
        import torch

        return torch.from_numpy(_value(tree["torch"], data, at))
    if "pil" in tree:
        from PIL import Image

        return Image.fromarray(_value(tree["pil"], data, at), tree["mode"])
    if "a" in tree:
        import numpy

        element = numpy.dtype(tree["a"])
        if element.hasobject:
            raise ValueError("A helper's answer holds objects.")
        count = int(numpy.prod(tree["shape"], dtype=numpy.int64))
        array = _take(data, at, count * element.itemsize).view(element).reshape(tree["shape"])
        return array[()] if tree["scalar"] else array
    module, _, name = tree["c"].partition(":")
    # Of what this program has imported by itself, and nothing else.
    kind: Any = sys.modules.get(module)
    for part in name.split("."):
        kind = getattr(kind, part, None)
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        raise ValueError(f"A helper's answer is a {tree['c']}, which is no dataclass here.")
    return kind(**{name: _value(one, data, at) for name, one in tree["fields"].items()})


def _take(data: Any, at: List[int], length: int) -> Any:
    start = at[0] + -at[0] % _ALIGNMENT
    at[0] = start + length
    if at[0] > data.size:
        raise ValueError("A helper's answer is shorter than it says.")
    return data[start:at[0]]
