"""Decoding what was recorded, whatever somebody sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av


def decoded(container: Any, stream: Any) -> Iterator[Any]:
    """Frames of the stream. A packet that no decoder understands is left out, as a player does."""
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue
