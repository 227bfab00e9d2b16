"""From the store and the profile to verdicts: of a session's endpoints, and of a registered endpoint's survey."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reception.preflight import READY, Assessment, PreflightState, Results, assess
from reception.preflight_checks import SENDERS, Standard, standard_for
from reception.preflight_store import Kept, PreflightStore
from reception.records import EndpointRecord, SessionRecord
from signalling.joint_test import joint_view
from signalling.preflight_views import EndpointPreflight, Oldest, PreflightView

if TYPE_CHECKING:
    from signalling.services import Services


def preflight_store(services: Services) -> PreflightStore:
    """On the services' store."""
    return PreflightStore(services.store.database)


def endpoint_standard(services: Services, record: SessionRecord, endpoint: EndpointRecord) -> Standard:
    """By the endpoint's own profile where it has one, else the session's."""
    profile = services.profiles.get(endpoint.profile or record.profile)
    return standard_for(services.settings.preflight, profile, endpoint.role)


async def assessments(services: Services, record: SessionRecord) -> list[tuple[EndpointRecord, Assessment]]:
    """Every endpoint that was not removed, with its verdict now."""
    kept = await preflight_store(services).of_session(record.id)
    now = datetime.now(UTC)
    found = []
    for endpoint in record.endpoints:
        if not endpoint.removed:
            mine = kept.get(endpoint.id, Kept())
            results = Results(
                standard=endpoint_standard(services, record, endpoint),
                measurements=mine.measurements,
                signatures=mine.signatures,
            )
            found.append((endpoint, assess(results, mine.waivers, now=now)))
    return found


async def preflight_states(services: Services, record: SessionRecord) -> dict[str, PreflightState]:
    """By id, of the endpoints that a session waits for: those that send. READY holds the states that let it go live."""
    found = await assessments(services, record)
    return {endpoint.id: each.state for endpoint, each in found if endpoint.role in SENDERS}


async def preflight_view(services: Services, record: SessionRecord, only: str = "") -> PreflightView:
    """The whole, or what concerns the endpoint `only`."""
    endpoints = [
        EndpointPreflight.model_validate(
            {
                "endpoint_id": endpoint.id,
                "name": endpoint.name,
                "role": endpoint.role,
                "needed": endpoint.role in SENDERS,
            }
            | EndpointPreflight.facts_of(assessment)
        )
        for endpoint, assessment in await assessments(services, record)
    ]
    blocking = [each.endpoint_id for each in endpoints if each.needed and PreflightState(each.state) not in READY]
    joint = services.line_tests.joint.get(record.id)
    return PreflightView(
        session_id=record.id,
        title=record.title,
        kind=record.kind,
        profile=record.profile,
        ready=not blocking or record.kind == "rehearsal",
        blocking=blocking,
        joint=joint_view(joint, now=services.media.now(), only=only) if joint else None,
        oldest=oldest_of(services),
        endpoints=[each for each in endpoints if only in ("", each.endpoint_id)],
    )


def oldest_of(services: Services) -> Oldest:
    """For the page, that knows its browser."""
    settings = services.settings.preflight
    return Oldest(chromium=settings.min_chromium, firefox=settings.min_firefox)
