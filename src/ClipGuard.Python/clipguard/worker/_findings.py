"""What a decoder may find of a clip."""

from __future__ import annotations


class Finding(Exception):
    """The clip gives no data."""

    kind = "Corrupt"


class Corrupt(Finding):
    """It is damaged."""


class Unsupported(Finding):
    """It holds nothing of the kind that was asked for, or the decoder does not do what was asked."""

    kind = "Unsupported"


class Missing(Finding):
    """It is not there."""

    kind = "Missing"


class LimitExceeded(Finding):
    """It is larger than was allowed."""

    kind = "LimitExceeded"
