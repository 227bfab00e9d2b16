"""Who takes part: a way to start each server that is there, and why the others are not."""

from __future__ import annotations

import importlib.metadata
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.peers import janus, livekit, mediasoup, naive_client, own
from benchmarks.peers.comparison import PeerServer
from benchmarks.peers.install import BY_HAND, CACHE
from benchmarks.peers.report import ServerFacts
from sfu.native.library import is_built


@dataclass(frozen=True, slots=True)
class Entrant:
    """A server to compare; `make` starts nothing yet."""

    facts: ServerFacts
    make: Callable[[], PeerServer] | None


def entrants(core: int) -> list[Entrant]:
    """Điểm Cầu first: the others are told as ratios to it."""
    return [_own(core), _janus(core), _livekit(core), _mediasoup(core), _naive(core)]


def _missing(name: str) -> Entrant:
    return Entrant(ServerFacts(name=name, skipped=f"not there; to have it: {BY_HAND[name]}"), None)


def _commit() -> str:
    """Of the checkout, with a mark if it was changed since; '' outside one."""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _own(core: int) -> Entrant:
    sending = "native sending" if is_built() else "sending in Python: sfu.native is not built"
    version = f"{importlib.metadata.version('diemcau')} {_commit()} ({sending})"
    facts = ServerFacts(name=own.OwnServer.name, version=version, settings=own.SETTINGS)
    return Entrant(facts, partial(own.OwnServer, core=core))


def _janus(core: int) -> Entrant:
    name = janus.JanusServer.name
    if janus.library_folder() is None:
        return _missing(name)
    facts = ServerFacts(name=name, version=janus.version(), settings=janus.SETTINGS)
    return Entrant(facts, partial(janus.JanusServer, core=core))


def _livekit(core: int) -> Entrant:
    name, path = livekit.LiveKitServer.name, livekit.binary(CACHE)
    if path is None:
        return _missing(name)
    facts = ServerFacts(name=name, version=livekit.version(path), settings=livekit.SETTINGS)
    return Entrant(facts, partial(livekit.LiveKitServer, path, core=core))


def _mediasoup(core: int) -> Entrant:
    name, folder = mediasoup.MediasoupServer.name, mediasoup.installed(CACHE)
    if folder is None:
        return _missing(name)
    facts = ServerFacts(name=name, version=mediasoup.version(folder), settings=mediasoup.SETTINGS)
    return Entrant(facts, partial(mediasoup.MediasoupServer, folder, core=core))


def _naive(core: int) -> Entrant:
    version = f"aiortc {importlib.metadata.version('aiortc')}"
    facts = ServerFacts(name=naive_client.NaivePeer.name, version=version, settings=naive_client.SETTINGS)
    return Entrant(facts, partial(naive_client.NaivePeer, core=core))
