"""How each endpoint's line did over a whole session (pure): summed second by second, kept with the session's room."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

KEPT_OUTAGES = 200  # of one endpoint; more are counted, and not listed
SHORTEST_OUTAGE_S = 2.0  # what is shorter is a change of connection, not an outage


class Outage(BaseModel):
    """The endpoint was expected and not there."""

    model_config = ConfigDict(frozen=True)

    begins: datetime
    ends: datetime

    @property
    def seconds(self) -> float:
        """How long."""
        return max(0.0, (self.ends - self.begins).total_seconds())


class LineSum(BaseModel):
    """One endpoint. expected_s: seconds live since it first came; here_s: of them with media; measured_s: with numbers.

    Sums over measured seconds of rates (bits), of losses (shares) and, over rtt_s_count seconds, of round trips (s).
    outages: how often it was gone; missing: the times. away_since: it is gone now.
    """

    model_config = ConfigDict(extra="ignore")

    expected_s: int = 0
    here_s: int = 0
    measured_s: int = 0
    up_bits: int = 0
    down_bits: int = 0
    loss_up: float = 0.0
    loss_down: float = 0.0
    rtt_sum: float = 0.0
    rtt_count: int = 0
    rtt_most: float = 0.0
    outages: int = 0
    missing: list[Outage] = []
    away_since: datetime | None = None

    @property
    def availability(self) -> float | None:
        """Share of the seconds in which it was expected, 0 to 1; None: it never came."""
        return self.here_s / self.expected_s if self.expected_s else None

    def mean(self, total: float) -> float | None:
        """A sum over measured seconds as a mean."""
        return total / self.measured_s if self.measured_s else None

    @property
    def rtt_ms(self) -> float | None:
        """Mean round trip."""
        return 1000 * self.rtt_sum / self.rtt_count if self.rtt_count else None

    def measured(self, *, up_bps: int, down_bps: int, loss_up: float, loss_down: float, rtt_s: float | None) -> None:
        """One second's numbers."""
        self.measured_s += 1
        self.up_bits += up_bps
        self.down_bits += down_bps
        self.loss_up += loss_up
        self.loss_down += loss_down
        if rtt_s is not None:
            self.rtt_sum += rtt_s
            self.rtt_count += 1
            self.rtt_most = max(self.rtt_most, rtt_s)

    def second(self, *, here: bool, now: datetime) -> None:
        """One second in which it was expected."""
        self.expected_s += 1
        self.here_s += here
        if here:
            self.settle(now)
        elif self.away_since is None:
            self.away_since = now

    def settle(self, now: datetime) -> None:
        """It is there again, or not expected any more: an outage that runs has its end."""
        begins, self.away_since = self.away_since, None
        if begins is None or (now - begins).total_seconds() < SHORTEST_OUTAGE_S:
            return
        self.outages += 1
        if len(self.missing) < KEPT_OUTAGES:
            self.missing.append(Outage(begins=begins, ends=now))

    def all_outages(self, until: datetime) -> list[Outage]:
        """Those listed, and the one that runs, until then."""
        running = [Outage(begins=self.away_since, ends=max(until, self.away_since))] if self.away_since else []
        return [*self.missing, *running]


class LineRecord(BaseModel):
    """The endpoints by id. live_s: seconds the session was live."""

    model_config = ConfigDict(extra="ignore")

    live_s: int = 0
    endpoints: dict[str, LineSum] = {}

    def of(self, endpoint_id: str) -> LineSum:
        """The endpoint's, made at need."""
        return self.endpoints.setdefault(endpoint_id, LineSum())
