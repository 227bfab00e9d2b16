"""All endpoints of a session measure their lines at one moment: what each gets then, and what the site's line gives.

Lives in the process of its session. The endpoints' pages ask whether one is about to begin, connect, and are led
through the phases together.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from signalling.line_meter import SHORT_S, BestWindow, SumOfMany, fair_shares
from signalling.line_test import BOTH_S, DOWN_S, UP_S, LinePlan
from signalling.preflight_views import JointEndpoint, JointView

LEAD_S = 8.0  # pages ask every few seconds, and connect
LENGTH_S = DOWN_S + UP_S + BOTH_S
GIVEN_UP_S = 6.0  # after its time, a test whose endpoints do not end is over


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLines:
    """The site's line as the profile has it, bits/s: from the server (down, as endpoints see it) and to it."""

    down_bps: int
    up_bps: int


class JointTest:
    """One joint test. Implements SiteMeter."""

    def __init__(self, session_id: str, site: SiteLines, wanted: Mapping[str, LinePlan], *, now: float) -> None:
        """`wanted`: by endpoint, as it would be measured alone."""
        self.id = secrets.token_hex(8)
        self.session_id = session_id
        self.site = site
        self.started_at = datetime.now(UTC)
        self.begins_s = now + LEAD_S
        down = fair_shares(site.down_bps, {name: plan.down_bps for name, plan in wanted.items()})
        up = fair_shares(site.up_bps, {name: plan.up_bps for name, plan in wanted.items() if plan.up_bps})
        self.plans = {name: LinePlan(down_bps=down[name], up_bps=up.get(name, 0)) for name in wanted}
        self.states = dict.fromkeys(wanted, "waiting")
        self.results: dict[str, dict[str, float | str]] = {}
        self._down, self._up = BestWindow(), BestWindow(SHORT_S)
        self._down_sum, self._up_sum = SumOfMany(), SumOfMany()

    def add_down(self, name: str, total_bytes: float, *, now: float) -> None:
        """See SiteMeter."""
        self._down.add(self._down_sum.add(name, total_bytes), now=now)

    def add_up(self, name: str, total_bytes: float, *, now: float) -> None:
        """See SiteMeter."""
        self._up.add(self._up_sum.add(name, total_bytes), now=now)

    def phase(self, now: float) -> str:
        """waiting, running or done."""
        if now < self.begins_s:
            return "waiting"
        busy = [state for state in self.states.values() if state in ("ready", "running")]
        return "running" if busy and now < self.begins_s + LENGTH_S + GIVEN_UP_S else "done"

    @property
    def took_part(self) -> list[str]:
        """The endpoints whose lines were measured."""
        return list(self.results)

    @property
    def down_bps(self) -> int:
        """What all got together."""
        return min(int(self._down.best_bps), self.asked.down_bps)

    @property
    def up_bps(self) -> int:
        """What all sent together."""
        return min(int(self._up.best_bps), self.asked.up_bps)

    @property
    def asked(self) -> LinePlan:
        """What those who took part were to get and send together."""
        plans = [self.plans[name] for name in self.results]
        return LinePlan(down_bps=sum(each.down_bps for each in plans), up_bps=sum(each.up_bps for each in plans))

    def finish(self, name: str, values: dict[str, float | str]) -> dict[str, float | str]:
        """An endpoint's values; what of them is kept of a joint test."""
        plan = self.plans[name]
        shares = [1e8 * float(values["network.down_mbps"]) / plan.down_bps]
        if plan.up_bps:
            shares.append(1e8 * float(values["network.up_mbps"]) / plan.up_bps)
        kept: dict[str, float | str] = {"network.joint_percent": round(min(100.0, *shares), 1)}
        if "network.load" in values:
            kept["network.load"] = values["network.load"]
        self.states[name] = "done"
        self.results[name] = {**values, **kept}
        return kept


def _percent(part: float, whole: float) -> float:
    """At most 100."""
    return round(min(100.0, 100 * part / whole), 1) if whole > 0 else 0.0


def joint_view(joint: JointTest, *, now: float, only: str = "") -> JointView:
    """What pages are told; an endpoint of itself only."""
    asked = joint.asked
    return JointView(
        id=joint.id,
        phase=joint.phase(now),
        begins_in_s=round(max(0.0, joint.begins_s - now), 1),
        started_at=joint.started_at,
        line_down_mbps=joint.site.down_bps / 1e6,
        line_up_mbps=joint.site.up_bps / 1e6,
        down_mbps=round(joint.down_bps / 1e6, 2),
        up_mbps=round(joint.up_bps / 1e6, 2),
        down_percent=_percent(joint.down_bps, asked.down_bps),
        up_percent=_percent(joint.up_bps, asked.up_bps),
        endpoints=[
            JointEndpoint(
                endpoint_id=name,
                state=state,
                asked_down_mbps=joint.plans[name].down_bps / 1e6,
                asked_up_mbps=joint.plans[name].up_bps / 1e6,
                values=joint.results.get(name, {}),
            )
            for name, state in joint.states.items()
            if only in ("", name)
        ],
    )
