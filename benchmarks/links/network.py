"""Network namespaces with shaped lines between them. Root and iproute2 are needed; nothing outside is touched.

    server ── site ── core ── home 1 ── client 1
                │        └─── home 2 ── client 2 …
             office

The site's line is shaped between site and core, an endpoint's between core and its home, each way where packets enter
it, never in the sender's own namespace: there the socket would be throttled instead of packets being lost. The office
has no line in between: who sends, and the signalling, are there.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

CLONE_NEWNET = 0x40000000
QUEUE_MS = 200
MIN_BURST_BYTES = 1600  # one Ethernet frame: a line sends one after the other
BURST_S = 0.002  # what the kernel's timer may be late
SERVER_ADDRESS = "10.77.0.1"


def run(*command: str) -> str:
    """A command's output. Raises RuntimeError with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaper:
    """One direction of a line: the device of a namespace that packets leave by."""

    namespace: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCounts:
    """What a shaper let through and dropped so far, and what waits in it. Ethernet headers are included."""

    bytes: int
    packets: int
    dropped: int
    waiting_bytes: int


class ShapedNetwork:
    """Built for `homes` endpoints; `close` removes all of it."""

    def __init__(self, homes: int) -> None:
        self._prefix = f"dclinks{os.getpid()}"
        self._names: list[str] = []
        self._here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        self._shaped: set[Shaper] = set()
        try:
            self._build(homes)
        except RuntimeError:
            self.close()
            raise

    def name(self, place: str) -> str:
        """The namespace of "server", "office", "client1", …"""
        return f"{self._prefix}-{place}"

    def site(self) -> tuple[Shaper, Shaper]:
        """The site's line: (from the server, to it)."""
        return Shaper(namespace="site", device="core"), Shaper(namespace="core", device="site")

    def line(self, home: int) -> tuple[Shaper, Shaper]:
        """An endpoint's line: (to it, from it)."""
        return Shaper(namespace="core", device=f"home{home}"), Shaper(namespace=f"home{home}", device="core")

    def shape(self, shaper: Shaper, bps: int) -> None:
        """Limit the direction from now on; traffic may run."""
        burst = max(MIN_BURST_BYTES, int(bps * BURST_S / 8))
        verb = "change" if shaper in self._shaped else "add"
        self._shaped.add(shaper)
        limit = ("tbf", "rate", f"{bps}bit", "burst", str(burst), "latency", f"{QUEUE_MS}ms")
        run("tc", "-n", self.name(shaper.namespace), "qdisc", verb, "dev", shaper.device, "root", *limit)

    def counts(self, shaper: Shaper) -> LineCounts:
        """What went through a shaper."""
        text = run("tc", "-n", self.name(shaper.namespace), "-s", "-j", "qdisc", "show", "dev", shaper.device, "root")
        facts: dict[str, Any] = json.loads(text)[0]
        return LineCounts(
            bytes=facts["bytes"], packets=facts["packets"], dropped=facts["drops"], waiting_bytes=facts["backlog"]
        )

    def address(self, home: int) -> str:
        """Of the client behind that home."""
        return f"10.79.{home}.1"

    @contextmanager
    def inside(self, place: str) -> Iterator[None]:
        """This thread is in that namespace: sockets opened now belong there for good."""
        before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        target = os.open(f"/run/netns/{self.name(place)}", os.O_RDONLY)
        try:
            _enter(target)
            yield
        finally:
            _enter(before)
            os.close(before)
            os.close(target)

    def close(self) -> None:
        """Back to where this thread was; everything is removed."""
        if self._here >= 0:
            _enter(self._here)
            os.close(self._here)
            self._here = -1
        for name in self._names:
            subprocess.run(("ip", "netns", "del", name), capture_output=True, check=False)
        self._names.clear()

    def _build(self, homes: int) -> None:
        for place in ("server", "site", "office", "core"):
            self._add(place)
        self._connect("server", "site", "10.77.0")
        self._connect("office", "site", "10.77.2")
        self._connect("core", "site", "10.77.1")
        self._route("server", "default", "10.77.0.254")
        self._route("office", "default", "10.77.2.254")
        self._route("core", "default", "10.77.1.254")
        self._route("site", "10.78.0.0/15", "10.77.1.1")
        for home in range(1, homes + 1):
            self._add(f"home{home}")
            self._add(f"client{home}")
            self._connect(f"home{home}", "core", f"10.78.{home}")
            self._connect(f"client{home}", f"home{home}", f"10.79.{home}")
            self._route(f"home{home}", "default", f"10.78.{home}.254")
            self._route(f"client{home}", "default", f"10.79.{home}.254")
            self._route("core", f"10.79.{home}.0/24", f"10.78.{home}.1")

    def _add(self, place: str) -> None:
        name = self.name(place)
        run("ip", "netns", "add", name)
        self._names.append(name)
        run("ip", "-n", name, "link", "set", "lo", "up")
        run("ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv4.ip_forward=1")

    def _connect(self, lower: str, upper: str, network: str) -> None:
        """A pair of devices, each named after the other side: .1 is the lower, .254 the upper."""
        lower_name, upper_name = self.name(lower), self.name(upper)
        run("ip", "-n", upper_name, "link", "add", lower, "type", "veth", "peer", "name", upper, "netns", lower_name)
        for name, device, host in ((lower_name, upper, 1), (upper_name, lower, 254)):
            run("ip", "-n", name, "addr", "add", f"{network}.{host}/24", "dev", device)
            run("ip", "-n", name, "link", "set", device, "up")

    def _route(self, place: str, to: str, via: str) -> None:
        run("ip", "-n", self.name(place), "route", "add", to, "via", via)


def _enter(descriptor: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.setns(descriptor, CLONE_NEWNET):
        raise RuntimeError(f"setns: {os.strerror(ctypes.get_errno())}")
