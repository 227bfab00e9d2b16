"""What the technical check looks at (pure): the plan's eight items and security, and when each value is good enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from config.preflight import Limits, PreflightSettings
from config.profile import Profile, RolePlan

Value = float | str | bool
TEXT_LENGTH = 200


class Item(StrEnum):
    """The eight items of plan 459/KH-UBND, part III.1, in its order, and security (III.3)."""

    LIGHTING = "lighting"
    NETWORK = "network"
    AUDIO = "audio"
    DISPLAY = "display"
    SOFTWARE = "software"
    CAMERA = "camera"
    STORAGE = "storage"
    POWER = "power"
    SECURITY = "security"


class Verdict(StrEnum):
    """Of one value or one item."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """What an endpoint is measured against: rates in Mb/s of its line, its camera's height and pictures a second.

    camera_height and framerate are 0, and up_mbps too, for who only watches. survey: without a session, alone.
    """

    role: str
    settings: PreflightSettings
    survey: bool = False
    down_mbps: float
    up_mbps: float
    camera_height: int
    framerate: int


def standard_for(settings: PreflightSettings, profile: Profile, role: str, *, survey: bool = False) -> Standard:
    """The standard of a role (central, delegate, observer) in a profile."""
    plan = {"central": profile.roles.central, "delegate": profile.roles.delegate}.get(role, profile.roles.observer)
    return Standard(
        role=role,
        survey=survey,
        settings=settings,
        down_mbps=plan.line_down_bps / 1e6,
        up_mbps=plan.line_up_bps / 1e6 if isinstance(plan, RolePlan) else 0.0,
        camera_height=plan.camera.height if isinstance(plan, RolePlan) else 0,
        framerate=plan.camera.framerate if isinstance(plan, RolePlan) else 0,
    )


SENDERS = frozenset({"central", "delegate"})
EVERYBODY = SENDERS | {"observer"}
CENTRE = frozenset({"central"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing to look at. `required`: without it the endpoint is not checked. `roles`: whom it concerns.

    limits: of a number. good, fair: of a word; any other fails. manual: nobody can measure it, a person answers
    "yes", "no" or "na" (there is none) and signs. other_side: somebody at another endpoint, or the operator, answers;
    not asked in a survey. A check without any of them is for information.
    """

    key: str
    required: bool = True
    roles: frozenset[str] = EVERYBODY
    unit: str = ""
    limits: Callable[[Standard], Limits] | None = None
    good: frozenset[Value] = field(default_factory=frozenset)
    fair: frozenset[Value] = field(default_factory=frozenset)
    manual: bool = False
    other_side: bool = False

    @property
    def item(self) -> Item:
        """The item it belongs to."""
        return Item(self.key.partition(".")[0])


def _share(whole: float, standard: Standard, *, picture: bool = False) -> Limits:
    settings = standard.settings
    good, bad = (
        (settings.picture_pass_share, settings.picture_fail_share)
        if picture
        else (settings.speed_pass_share, settings.speed_fail_share)
    )
    return Limits(pass_from=round(good * whole, 3), fail_below=round(bad * whole, 3))


def _fixed(name: str) -> Callable[[Standard], Limits]:
    def limits(standard: Standard) -> Limits:
        found: Limits = getattr(standard.settings, name)
        return found

    return limits


YES, ANSWERS = frozenset({"yes"}), ("yes", "no", "na")
CHECKS: tuple[Check, ...] = (
    Check(key="lighting.luma", roles=SENDERS, limits=_fixed("luma")),
    Check(key="lighting.contrast", roles=SENDERS, limits=_fixed("contrast")),
    Check(key="lighting.reference", roles=SENDERS, manual=True, required=False),
    Check(key="network.down_mbps", unit="Mb/s", limits=lambda each: _share(each.down_mbps, each)),
    Check(key="network.up_mbps", unit="Mb/s", roles=SENDERS, limits=lambda each: _share(each.up_mbps, each)),
    Check(key="network.loss_down_percent", unit="%", limits=_fixed("loss_percent")),
    Check(key="network.loss_up_percent", unit="%", roles=SENDERS, limits=_fixed("loss_percent")),
    Check(key="network.rtt_ms", unit="ms", limits=_fixed("rtt_ms")),
    Check(key="network.jitter_ms", unit="ms", roles=SENDERS, limits=_fixed("jitter_ms")),
    Check(key="network.protocol", good=frozenset({"udp"}), fair=frozenset({"tcp"})),
    Check(key="network.joint_percent", unit="%", required=False, limits=_fixed("joint_percent")),
    Check(
        key="network.load", required=False, good=frozenset({"free"}), fair=frozenset({"server", "computer"})
    ),  # who was too busy for the line to be told from it
    Check(key="network.backup", manual=True, required=False),
    Check(key="audio.peak_dbfs", unit="dBFS", roles=SENDERS, limits=_fixed("voice_peak_dbfs")),
    Check(key="audio.clipping_percent", unit="%", roles=SENDERS, limits=_fixed("clipping_percent")),
    Check(key="audio.noise_dbfs", unit="dBFS", roles=SENDERS, limits=_fixed("noise_dbfs")),
    Check(
        key="audio.loop",
        roles=SENDERS,
        required=False,
        good=frozenset({"heard"}),
        fair=frozenset({"not_heard", "echo"}),
    ),
    Check(key="audio.speaker", manual=True),
    Check(key="audio.heard", roles=SENDERS, manual=True, other_side=True),
    Check(key="display.width", unit="px", limits=lambda _: Limits(pass_from=1280, fail_below=800)),
    Check(key="display.height", unit="px", limits=lambda _: Limits(pass_from=700, fail_below=500)),
    Check(key="display.fullscreen", required=False, good=frozenset({True}), fair=frozenset({False})),
    Check(key="display.card", manual=True),
    Check(key="software.browser", required=False),
    Check(key="software.version", good=frozenset({"current"}), fair=frozenset({"old"})),
    Check(key="software.codecs", required=False),
    Check(key="software.decode_fps", unit="fps", roles=SENDERS, limits=lambda e: _share(e.framerate, e, picture=True)),
    Check(key="software.codec_loop", manual=True, required=False),
    Check(key="camera.height", unit="px", roles=SENDERS, limits=lambda e: _share(e.camera_height, e, picture=True)),
    Check(key="camera.fps", unit="fps", roles=SENDERS, limits=lambda e: _share(e.framerate, e, picture=True)),
    Check(key="camera.black_percent", unit="%", roles=SENDERS, limits=_fixed("black_percent")),
    Check(key="camera.frozen_percent", unit="%", roles=SENDERS, limits=_fixed("frozen_percent")),
    Check(key="camera.count", required=False, roles=SENDERS),
    Check(key="camera.framing", roles=SENDERS, manual=True),
    Check(key="storage.free_ratio", unit="×", roles=CENTRE, limits=_fixed("free_ratio")),
    Check(key="storage.free_gb", unit="GB", required=False, roles=CENTRE),
    Check(key="storage.write_mb_s", unit="MB/s", roles=CENTRE, limits=_fixed("write_mb_s")),
    Check(key="storage.clip_seconds", unit="s", roles=CENTRE, limits=lambda _: Limits(pass_from=8, fail_below=3)),
    Check(key="storage.clip_fps", unit="fps", roles=CENTRE, limits=lambda e: _share(e.framerate, e, picture=True)),
    Check(key="storage.clip_sound", roles=CENTRE, good=frozenset({True})),
    Check(key="storage.clip_played", roles=CENTRE, good=frozenset({True})),
    Check(key="storage.external", roles=CENTRE, manual=True, required=False),
    Check(key="power.battery_percent", unit="%", required=False, limits=_fixed("battery_percent")),
    Check(key="power.charging", required=False, good=frozenset({True}), fair=frozenset({False})),
    Check(key="power.ups", manual=True),
    Check(key="security.tls", good=frozenset({"https", "local"})),
    Check(key="security.clock_offset_s", unit="s", limits=_fixed("clock_offset_s")),
    Check(key="security.app_version", good=frozenset({"same"}), fair=frozenset({"other"})),
    Check(key="security.account", manual=True),
    Check(key="security.room", manual=True),
)
LOAD = "network.load"
DISTURBED = frozenset(  # what a busy server or computer makes worse than the line is
    check.key for check in CHECKS if check.item is Item.NETWORK and check.limits is not None
)
BY_KEY: Mapping[str, Check] = {check.key: check for check in CHECKS}


def checks_for(standard: Standard) -> list[Check]:
    """What concerns the standard's role, in the order of the items."""
    return [check for check in CHECKS if standard.role in check.roles and not (check.other_side and standard.survey)]


def judge(check: Check, value: Value, standard: Standard, *, limits: Limits | None = None) -> Verdict:
    """The verdict on a value. A value of the wrong kind fails. limits: the check's for this standard, where known."""
    if check.manual:
        return _judge_answer(check, value)
    if check.limits is not None:
        if isinstance(value, bool | str):
            return Verdict.FAIL
        return _judge_number(value, limits or check.limits(standard))
    if not check.good:
        return Verdict.PASS
    if value in check.good:
        return Verdict.PASS
    return Verdict.WARN if value in check.fair else Verdict.FAIL


def _judge_answer(check: Check, answer: Value) -> Verdict:
    if answer == "yes":
        return Verdict.PASS
    if answer == "na":
        return Verdict.WARN if check.required else Verdict.PASS
    return Verdict.FAIL if check.required else Verdict.WARN


def _judge_number(value: float, limits: Limits) -> Verdict:
    if limits.fail_below is not None and value < limits.fail_below:
        return Verdict.FAIL
    if limits.fail_above is not None and value > limits.fail_above:
        return Verdict.FAIL
    low = limits.pass_from is not None and value < limits.pass_from
    high = limits.pass_to is not None and value > limits.pass_to
    return Verdict.WARN if low or high else Verdict.PASS


def fault_of(key: str, value: object) -> str:
    """Why this cannot be taken as a measurement, "" if it can."""
    check = BY_KEY.get(key)
    if check is None or check.manual:
        known = ", ".join(each.key for each in CHECKS if not each.manual)
        return f"{key}: nothing of this name is measured; there are: {known}"
    if check.limits is not None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return f"{key}: must be a number"
        return ""
    if isinstance(value, str):
        return "" if len(value) <= TEXT_LENGTH else f"{key}: at most {TEXT_LENGTH} characters"
    if isinstance(value, bool) or (isinstance(value, int | float) and math.isfinite(value)):
        return ""
    return f"{key}: must be a number, a text, true or false"
