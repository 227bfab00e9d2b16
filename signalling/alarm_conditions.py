"""What is wrong in a running session now: the recorder, the disk, endpoints, lines, devices, the server, power."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bandwidth.attribution_facts import Cause, Symptom, Verdict
from config.profile import RolePlan
from reception.alarms import Condition, Level
from reception.lifecycle import SessionState
from sfu.types import Source

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat

SILENT_S = 8.0  # a microphone that is on and sends nothing for so long
SETTLED_S = 10.0  # of a connection, before anything is missed of it
LATE_S = 120.0  # after the session's start, before an endpoint that never came is missed
SHARES = ("loss_up", "loss_down", "limited_cpu", "decode_dropped", "voice_gaps")
SERIOUS = {"no_contact", "no_media", "camera_silent"}
SHARED = (Cause.SITE_LINE, Cause.SERVER)


def conditions(conference: Conference, *, now: float) -> list[Condition]:
    """All of it. now: monotonic seconds."""
    return [
        *_recording(conference),
        *_session(conference),
        *_lines(conference),
        *(found for seat in conference.seats.values() for found in _seat(conference, seat, now)),
    ]


def _recording(conference: Conference) -> Iterator[Condition]:
    recording = conference.recording
    if recording is None:
        wanted = conference.record.state in (SessionState.LIVE, SessionState.PAUSED, SessionState.INTERRUPTED)
        if wanted and conference.services.is_recorded(conference.record):
            yield _condition("not_recorded", "critical", reason=conference.recording_fault or "–")
        return
    status = recording.status
    if status.fault:
        yield _condition("recording_fault", "critical", reason=status.fault)
    if status.warning:
        level: Level = "critical" if status.warning in ("disk_critical", "disk_failed") else "warning"
        yield _condition(status.warning, level, left=duration_words(status.hours_left))


def _session(conference: Conference) -> Iterator[Condition]:
    if conference.record.state is SessionState.INTERRUPTED:
        yield _condition("interrupted", "critical")


def _lines(conference: Conference) -> Iterator[Condition]:
    """Whose trouble it is, as the watch finds it; what several feel together is one alarm."""
    troubled: dict[Cause, list[str]] = {}
    for endpoint_id, verdict in conference.services.watch.verdicts(conference.record.id):
        if verdict.cause in SHARED and verdict.symptom is not Symptom.FULL:
            troubled.setdefault(verdict.cause, []).append(_name(conference, endpoint_id))
            continue
        level: Level = "critical" if str(verdict.symptom) in SERIOUS else "warning"
        yield Condition(
            key=f"{verdict.cause}/{endpoint_id}",
            kind=f"{verdict.cause}.{verdict.symptom}",
            level=level,
            endpoint_id=endpoint_id,
            values={"name": _name(conference, endpoint_id), **_values(verdict)},
        )
    for cause, names in troubled.items():
        yield _condition(str(cause), "critical", name=", ".join(each for each in names if each) or "–")


def _seat(conference: Conference, seat: Seat, now: float) -> Iterator[Condition]:
    record = seat.record
    if record.removed or record.role == "observer":
        return
    begun = conference.live_since_s
    if begun is not None and now - begun > LATE_S and not seat.was_here and seat.connection is None:
        yield _of(seat, "not_here", "warning")
    if seat.client is not None and seat.connection is not None and seat.client.on_battery:
        share = seat.client.battery
        yield _of(seat, "on_battery", "warning", battery="–" if share is None else f"{share:.0%}")
    if _is_silent(conference, seat, now):
        yield _of(seat, "no_sound", "critical")


def _is_silent(conference: Conference, seat: Seat, now: float) -> bool:
    """Whether the microphone is on and not a packet of it comes, while pictures or reports do."""
    peer, facts = seat.peer, conference.services.watch.history(conference.record.id).facts.get(seat.record.id)
    if peer is None or not peer.connected or not seat.microphone or facts is None or facts.connected_s < SETTLED_S:
        return False
    if isinstance(peer.plan, RolePlan) and not peer.plan.audio_bitrate_bps:
        return False  # its profile has no voice for it
    voices = [each for each in peer.publications if each.source is Source.MICROPHONE]
    return bool(voices) and all(now - stream.last_arrival_s > SILENT_S for each in voices for stream in each.streams)


def _condition(kind: str, level: Level, **values: str) -> Condition:
    return Condition(key=kind, kind=kind, level=level, values=values)


def _of(seat: Seat, kind: str, level: Level, **values: str) -> Condition:
    return Condition(
        key=f"{kind}/{seat.record.id}",
        kind=kind,
        level=level,
        endpoint_id=seat.record.id,
        values={"name": seat.record.name, **values},
    )


def _name(conference: Conference, endpoint_id: str) -> str:
    seat = conference.seats.get(endpoint_id)
    return seat.record.name if seat is not None else ""


def _values(verdict: Verdict) -> dict[str, str]:
    found = {}
    for name, value in verdict.numbers.items():
        if name.endswith("_bps"):
            found[name] = f"{value / 1e6:.1f} Mb/s".replace(".", ",")
        elif name in SHARES:
            found[name] = f"{100 * value:.0f} %"
        else:
            found[name] = f"{value:.0f}"
    return found


def duration_words(hours: float | None) -> str:
    """ "2 giờ 10 phút"; a dash where it is not known."""
    if hours is None:
        return "–"
    minutes = int(hours * 60)
    parts = [f"{minutes // 60} giờ" if minutes >= 60 else "", f"{minutes % 60} phút"]
    return " ".join(part for part in parts if part)
