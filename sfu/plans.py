"""Which plan is in force for an endpoint: the session's profile or one of its own, under its caps (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from config.profile import Profile, RolePlan, WatchingPlan
from sfu.types import EndpointId, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointRule:
    """What the operator decided for one endpoint; None: as the session has it. bits/s."""

    profile: Profile | None = None
    cap_up_bps: int | None = None
    cap_down_bps: int | None = None


NO_RULE = EndpointRule()


def plan_in(profile: Profile, role: Role) -> WatchingPlan:
    """The profile's part for a role; a RolePlan for roles that send."""
    roles = profile.roles
    return {Role.CENTRAL: roles.central, Role.DELEGATE: roles.delegate, Role.OBSERVER: roles.observer}[role]


class Plans:
    """The session's profile and what differs from it."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._rules: dict[EndpointId, EndpointRule] = {}

    def set_rule(self, endpoint_id: EndpointId, rule: EndpointRule) -> bool:
        """From now on; whether that is new."""
        if self._rules.get(endpoint_id, NO_RULE) == rule:
            return False
        self._rules[endpoint_id] = rule
        return True

    def of(self, endpoint_id: EndpointId, role: Role) -> WatchingPlan:
        """The plan in force. A cap only ever takes away; the minimum is never above it."""
        rule = self._rules.get(endpoint_id, NO_RULE)
        plan = plan_in(rule.profile or self.profile, role)
        changes: dict[str, int] = {}
        if rule.cap_down_bps is not None:
            changes["cap_down_bps"] = cap = min(plan.cap_down_bps, rule.cap_down_bps)
            changes["minimum_bps"] = min(plan.minimum_bps, cap)
        if rule.cap_up_bps is not None and isinstance(plan, RolePlan):
            changes["cap_up_bps"] = min(plan.cap_up_bps, rule.cap_up_bps)
        return plan.model_copy(update=changes) if changes else plan
