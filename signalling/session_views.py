"""From records, seats and measurements to what the API shows of a session."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from config.profile import RolePlan
from reception.lifecycle import SessionState
from reception.records import EndpointRecord, SessionRecord
from recorder.catalogue import short_hash
from sfu.types import EndpointId
from signalling.course_views import PlanView
from signalling.seat import Seat, quality_of
from signalling.views import EndpointView, Limits, Numbers, RecordingState, SessionView, SiteLine

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.services import Services


def session_view(services: Services, record: SessionRecord) -> SessionView:
    """The whole session; live numbers where it runs."""
    conference = services.conferences.get(record.id)
    return SessionView(
        id=record.id,
        number=record.code,
        version=record.version,
        plan=PlanView.of(record.plan),
        title=record.title,
        kind=record.kind,
        profile=record.profile,
        profile_fault=services.profiles.fault(record.profile),
        state=record.state.value,
        created_at=record.created_at,
        started_at=record.started_at,
        ended_at=record.ended_at,
        spotlight=record.spotlight,
        speaker=conference.media.speakers.dominant if conference else None,
        recording=_recording(services, record, conference),
        site=_site(services, record, conference),
        endpoints=[
            endpoint_view(services, endpoint, conference) for endpoint in record.endpoints if not endpoint.removed
        ],
    )


def _site(services: Services, record: SessionRecord, conference: Conference | None) -> SiteLine:
    allocator, publishing = services.media.allocator, services.media.publishing
    site = services.profiles.get(record.profile).site
    way_in = {
        "in_used_bps": services.media.received_bps if conference else 0,
        "in_limit_bps": publishing.limit_bps or site.publish_limit_bps,
    }
    if services.site is not None and services.site.limit_bps:
        return services.site.model_copy(update=way_in)
    return SiteLine(
        used_bps=allocator.used_bps if conference else 0, limit_bps=allocator.limit_bps or site.send_limit_bps, **way_in
    )


def _recording(services: Services, record: SessionRecord, conference: Conference | None) -> RecordingState:
    if conference is None or conference.recording is None:
        ended = record.state in (SessionState.ENDED, SessionState.ARCHIVED)
        state = services.recorder.state_of(record.id) if ended else "off"
        if conference is not None and conference.recording_fault:
            return RecordingState(state="fault", fault=conference.recording_fault)
        seal = services.recorder.seal_of(record.id) if state == "done" else ""
        return RecordingState(state=state, seal_short=short_hash(seal))
    status = conference.recording.status
    return RecordingState(
        state="fault" if status.fault else "recording",
        seconds=status.seconds,
        bytes=status.bytes,
        free_bytes=status.free_bytes,
        dropped_packets=status.dropped,
        fault=status.fault,
        warning=status.warning,
        hours_left=status.hours_left,
        head=status.head,
    )


def endpoint_view(services: Services, endpoint: EndpointRecord, conference: Conference | None) -> EndpointView:
    """One endpoint with its link and numbers."""
    seat = conference.seats.get(endpoint.id) if conference else None
    stats = conference.media.endpoint_stats(EndpointId(endpoint.id)) if conference else None
    token, expires = services.endpoint_token(endpoint), services.link_expiry(endpoint)
    return EndpointView(
        id=endpoint.id,
        name=endpoint.name,
        role=endpoint.role,
        registered_id=endpoint.registered_id,
        organisation=endpoint.organisation,
        people=[{"name": each.name, "office": each.office} for each in endpoint.people],
        state=seat.state if seat else "invited",
        join_url=f"{services.public_url}/join#{token}" if token else "",
        token=token,
        microphone=seat.microphone if seat else endpoint.microphone,
        camera=seat.camera if seat else endpoint.camera,
        screen=seat.screen if seat else False,
        locked=endpoint.locked,
        wide=seat.wide if seat else False,
        speaking=bool(conference and conference.media.speaking(EndpointId(endpoint.id))),
        level=_level(services, endpoint, conference),
        quality=quality_of(stats),
        flowing=stats.flowing if stats else False,
        stats=_numbers(seat, conference) if seat and conference else None,
        profile=endpoint.profile,
        cap_up_bps=endpoint.cap_up_bps,
        cap_down_bps=endpoint.cap_down_bps,
        limits=_limits(seat, conference) if seat and conference else None,
        guest=endpoint.guest,
        link_state=_link_state(endpoint, expires),
        link_expires_at=expires,
    )


def _level(services: Services, endpoint: EndpointRecord, conference: Conference | None) -> float:
    """0 at −70 dBov, an empty room's; 1 at −10, as loud as a voice should be."""
    if conference is None or endpoint.muted:
        return 0.0
    loudness = conference.media.speakers.loudness(EndpointId(endpoint.id), now=services.media.now())
    return round(min(1.0, max(0.0, (loudness - 57) / 60)), 2)


def _link_state(endpoint: EndpointRecord, expires: datetime) -> Literal["good", "expired", "revoked"]:
    if endpoint.link_revoked:
        return "revoked"
    return "good" if expires > datetime.now(UTC) else "expired"


def _limits(seat: Seat, conference: Conference) -> Limits:
    """What is in force now; up as the endpoint was told last, where it is connected."""
    plan = conference.plan(seat)
    planned = plan.up_limit_bps if isinstance(plan, RolePlan) else 0
    told = seat.peer.told if seat.peer is not None else None
    return Limits(
        up_bps=told.cap_bps if told is not None else planned, down_bps=plan.down_limit_bps, minimum_bps=plan.minimum_bps
    )


def _numbers(seat: Seat, conference: Conference) -> Numbers | None:
    stats = conference.media.endpoint_stats(EndpointId(seat.record.id))
    if stats is None:
        return None
    client = seat.client
    return Numbers(
        up_bps=stats.up_bps,
        down_bps=stats.down_bps,
        estimate_bps=stats.estimate_bps,
        loss_up=round(stats.loss_up, 4),
        loss_down=round(stats.loss_down, 4),
        rtt_ms=round(1000 * stats.rtt_s, 1) if stats.rtt_s is not None else None,
        jitter_ms=round(1000 * stats.jitter_s, 1),
        protocol=stats.protocol,
        remote_address=stats.remote_address,
        layers=list(stats.layers_sent),
        pictures_received=stats.pictures_received,
        pictures_paused=stats.pictures_paused,
        frames_per_second=client.frames_per_second if client else None,
        freezes=client.freezes if client else None,
    )
