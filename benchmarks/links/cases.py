"""What is run over which lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MBIT = 1_000_000
Step = tuple[float, int]  # from this second on, bits/s


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`name` is stable, for files; `title` is for people.

    down: the watched line to the endpoint over time. up_bps: the way back. viewers: behind one line each, or behind the
    same one (`shared`). senders: in the office, without a line, each watched by every viewer; `voices` of them speak.
    rtt_s: added to the way
    of reports. loss: random, to the viewer. richness: how many times the bit rates of the clip are sent. tcp: seconds
    between which a download shares the line. cross_up_bps: sent by somebody else on the way back. site_bps: the
    server's line; then the endpoints are delegates that send too, one more is the centre, and the profile is 30-5.
    settle_s: left out of what is said of the steady line.
    """

    name: str
    title: str
    down: tuple[Step, ...]
    seconds: float = 45.0
    settle_s: float = 15.0
    up_bps: int = 2 * MBIT
    senders: int = 8
    voices: int = 2
    viewers: int = 1
    shared: bool = False
    rtt_s: float = 0.050
    loss: float = 0.0
    richness: int = 1
    tcp: tuple[float, float] | None = None
    cross_up_bps: int = 0
    site_bps: int = 0

    @property
    def steady(self) -> bool:
        """One rate all the time, and nobody else on the line."""
        return len(self.down) == 1 and self.tcp is None and not self.cross_up_bps

    @property
    def homes(self) -> int:
        """Lines."""
        return 1 if self.shared else self.viewers

    def home(self, viewer: int) -> int:
        """The number of the line that a viewer (from 0) is behind."""
        return 1 if self.shared else viewer + 1

    def rate_at(self, second: float) -> int:
        """Of the line then."""
        return next(bps for begin, bps in reversed(self.down) if begin <= second)


def _steady(name: str, title: str, bps: float, **more: object) -> Case:
    return Case(name=name, title=title, down=((0.0, int(bps)),), **more)  # type: ignore[arg-type]


CASES = (
    _steady("steady-30", "30 Mb/s", 30e6, richness=4, up_bps=30 * MBIT),
    _steady("steady-5", "5 Mb/s", 5e6, up_bps=5 * MBIT),
    _steady("steady-2.5", "2.5 Mb/s", 2.5e6, up_bps=int(2.5e6)),
    _steady("steady-1", "1 Mb/s", 1e6, senders=6, up_bps=MBIT),
    _steady("steady-0.6", "0.6 Mb/s", 0.6e6, senders=4, voices=1, up_bps=600_000),
    Case(
        name="step",
        title="5 → 1 → 5 Mb/s",
        down=((0.0, 5 * MBIT), (20.0, MBIT), (40.0, 5 * MBIT)),
        seconds=60.0,
    ),
    _steady("loss-5", "2.5 Mb/s, 5 % random loss", 2.5e6, loss=0.05),
    _steady("loss-10", "2.5 Mb/s, 10 % random loss", 2.5e6, loss=0.10),
    _steady("loss-10-0.6", "0.6 Mb/s, 10 % random loss", 0.6e6, loss=0.10, senders=4, voices=1, up_bps=600_000),
    Case(
        name="rfc8867-5.1",
        title="capacity steps (RFC 8867 §5.1)",
        down=((0.0, MBIT), (40.0, 2_500_000), (60.0, 600_000), (80.0, MBIT)),
        seconds=100.0,
        senders=6,
        rtt_s=0.100,
    ),
    _steady(
        "rfc8867-5.4",
        "three on one line of 3.5 Mb/s (RFC 8867 §5.4)",
        3.5e6,
        viewers=3,
        shared=True,
        rtt_s=0.100,
        seconds=60.0,
    ),
    _steady(
        "rfc8867-5.3",
        "2 Mb/s, way back of 0.3 Mb/s full of others (RFC 8867 §5.3)",
        2e6,
        up_bps=300_000,
        cross_up_bps=280_000,
        rtt_s=0.100,
    ),
    _steady(
        "rfc8867-5.6",
        "2 Mb/s shared with a TCP download (RFC 8867 §5.6)",
        2e6,
        tcp=(20.0, 50.0),
        seconds=70.0,
        rtt_s=0.100,
    ),
    _steady("site-30", "10 delegates of 5 Mb/s behind 30 Mb/s", 5e6, viewers=10, site_bps=30 * MBIT, up_bps=5 * MBIT),
)


def chosen(only: Sequence[str]) -> list[Case]:
    """The cases whose names begin so; all without any. Raises ValueError if one fits none."""
    for each in only:
        if not any(case.name.startswith(each) for case in CASES):
            raise ValueError(f"no case {each}; there are {', '.join(case.name for case in CASES)}")
    return [case for case in CASES if not only or any(case.name.startswith(each) for each in only)]
