"""Network namespaces with a line each: host – line – hub – line – host. The line's namespace shapes both directions.

Shaping stands between the hosts, not in the sender's own namespace: there its socket's buffer would be throttled
instead of packets being lost. Needs root and iproute2; nothing leaves the machine.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

HUB = "hub"
BURST_S = 0.002  # of the token bucket: small, or short probes would read too high
MIN_BURST_BYTES = 3_100  # two full packets


def run(command: str) -> str:
    """Run a command; its output. Raises CalledProcessError."""
    return subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapedLine:
    """Rates as seen from the host, bits/s of Ethernet frames; how long a packet may wait."""

    up_bps: int
    down_bps: int
    queue_s: float


@dataclass(slots=True)
class ShapedNetwork:
    """`lines` by host. Namespaces are PREFIX-HOST, PREFIX-HOST-line and PREFIX-hub; `close` removes them."""

    prefix: str
    lines: dict[str, ShapedLine]
    _made: list[str] = field(default_factory=list)

    def open(self) -> None:
        """Make everything. Raises CalledProcessError; `close` then removes what there is."""
        self._add(HUB)
        for number, (host, line) in enumerate(self.lines.items(), start=1):
            self._add(host)
            self._add(f"{host}-line")
            self._connect(host, number)
            self._shape(host, line, "add")
        for name in (HUB, *(f"{host}-line" for host in self.lines)):
            run(f"ip netns exec {self.space(name)} sysctl -qw net.ipv4.ip_forward=1")

    def space(self, name: str) -> str:
        """The namespace's name."""
        return f"{self.prefix}-{name}"

    def address(self, host: str) -> str:
        """Where the host is reached."""
        return f"10.202.{1 + list(self.lines).index(host)}.1"

    def inside(self, host: str, command: Sequence[str]) -> list[str]:
        """A command line that runs in the host's namespace."""
        return ["ip", "netns", "exec", self.space(host), *command]

    def change(self, host: str, line: ShapedLine) -> None:
        """Another line from now on, while traffic runs."""
        self.lines[host] = line
        self._shape(host, line, "change")

    def waiting_bytes(self, host: str) -> int:
        """What waits in the queue towards the host."""
        words = run(f"tc -s -n {self.space(f'{host}-line')} qdisc show dev host").split()
        return int(words[words.index("backlog") + 1].rstrip("b").replace("K", "000").replace("M", "000000"))

    def close(self) -> None:
        """Remove the namespaces, and with them all that is in them."""
        for name in reversed(self._made):
            subprocess.run(["ip", "netns", "del", self.space(name)], capture_output=True, check=False)
        self._made.clear()

    def _add(self, name: str) -> None:
        run(f"ip netns add {self.space(name)}")
        self._made.append(name)
        run(f"ip -n {self.space(name)} link set lo up")

    def _connect(self, host: str, number: int) -> None:
        inner, line, hub = self.space(host), self.space(f"{host}-line"), self.space(HUB)
        run(f"ip -n {line} link add host type veth peer name eth0 netns {inner}")
        run(f"ip -n {line} link add hub type veth peer name h{number} netns {hub}")
        for space, device, address in (
            (inner, "eth0", f"10.202.{number}.1/24"),
            (line, "host", f"10.202.{number}.254/24"),
            (line, "hub", f"10.203.{number}.1/24"),
            (hub, f"h{number}", f"10.203.{number}.254/24"),
        ):
            run(f"ip -n {space} addr add {address} dev {device}")
            run(f"ip -n {space} link set {device} up")
        run(f"ip -n {inner} route add default via 10.202.{number}.254")
        run(f"ip -n {line} route add default via 10.203.{number}.254")
        run(f"ip -n {hub} route add 10.202.{number}.0/24 via 10.203.{number}.1")

    def _shape(self, host: str, line: ShapedLine, verb: str) -> None:
        for device, bps in (("host", line.down_bps), ("hub", line.up_bps)):
            burst = max(int(bps * BURST_S / 8), MIN_BURST_BYTES)
            shaper = f"tbf rate {bps}bit burst {burst}b latency {int(1000 * line.queue_s)}ms"
            run(f"tc -n {self.space(f'{host}-line')} qdisc {verb} dev {device} root {shaper}")
