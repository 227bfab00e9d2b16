"""Which requests are whose (pure): from method and path to what the front does with them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What is to be done with a request."""

    ANY = "any worker can answer"
    SESSION = "the session's worker"
    CREATE = "a new session: the worker with the least load"
    LIST = "all sessions, merged over the workers"
    SIGNAL = "an endpoint's WebSocket: its session is in the first message"
    METRICS = "merged over the workers"
    READY = "ready when every worker is"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `session_id` is empty unless the kind is SESSION; nothing says that it exists."""

    kind: Kind
    session_id: str = ""


_EXACT = {
    ("POST", "/api/v1/sessions"): Target(Kind.CREATE),
    ("GET", "/api/v1/sessions"): Target(Kind.LIST),
    ("GET", "/api/v1/signal"): Target(Kind.SIGNAL),
    ("GET", "/metrics"): Target(Kind.METRICS),
    ("GET", "/readyz"): Target(Kind.READY),
}
_OF_A_SESSION = (("api", "v1", "sessions"), ("whip",), ("whep",))  # what stands before the session's id


def target_of(method: str, path: str) -> Target:
    """The target of a request. `path` is percent-decoded, without the query."""
    found = _EXACT.get((method, path))
    if found is not None:
        return found
    parts = tuple(path.split("/")[1:])
    for prefix in _OF_A_SESSION:
        if len(parts) > len(prefix) and parts[: len(prefix)] == prefix and parts[len(prefix)]:
            return Target(Kind.SESSION, parts[len(prefix)])
    return Target(Kind.ANY)
