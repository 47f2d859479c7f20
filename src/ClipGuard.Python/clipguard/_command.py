"""Where the command clipguard is."""

from __future__ import annotations

import os
import shlex
import shutil
from typing import List, Sequence, Union

from ._errors import GuardUnavailable

VARIABLE = "CLIPGUARD"

_HOW = (
    "Guard(command=…), the variable CLIPGUARD or the PATH has to name it. Its repository builds it into artifacts/clipguard: "
    "dotnet tool restore && dotnet cake --target=Publish"
)


def find(command: Union[str, os.PathLike, Sequence[str], None]) -> List[str]:
    """The command and what stands before its own arguments: what was given, or else ``CLIPGUARD``, or else ``clipguard`` in the PATH."""
    if command is not None and not isinstance(command, (str, os.PathLike)):
        return [os.fspath(word) for word in command]
    named = os.fspath(command) if command is not None else os.environ.get(VARIABLE, "")
    if not named:
        found = shutil.which("clipguard")
        if found is None:
            raise GuardUnavailable(f"The command clipguard is not in the PATH. {_HOW}")
        return [found]
    if os.path.isdir(named):
        named = os.path.join(named, "clipguard")
    words = [named] if os.path.exists(named) else shlex.split(named)
    if shutil.which(words[0]) is None:
        origin = "the argument command" if command is not None else f"the variable {VARIABLE}"
        raise GuardUnavailable(f"{words[0]}, which {origin} names, is no program that can be run. {_HOW}")
    return words
