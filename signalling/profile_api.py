"""The API's operations on bandwidth profiles: list, read, check, store, put into force for session or endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from pydantic import BaseModel

from config.library import ProfileLibrary, ProfileText, ShippedProfile
from config.problems import ConfigError, ConfigProblem
from config.profile import is_profile_name
from config.profile_text import CheckedProfile, check_profile
from reception.lifecycle import CLOSED_STATES
from reception.permissions import READING, Extent, Permission
from reception.records import SessionRecord
from signalling import views as v
from signalling.problems import Problem, invalid_profile, not_found
from signalling.routing import Call, Route
from signalling.session_views import endpoint_view, session_view


async def list_profiles(call: Call) -> BaseModel:
    """GET /profiles."""
    library = call.services.profiles.library
    return v.ProfileList(profiles=[_summary(library, name) for name in library.names()])


async def get_profile(call: Call) -> BaseModel:
    """GET /profiles/{name}."""
    library, name = call.services.profiles.library, call.path("name")
    if name not in library.names():
        raise not_found("profile")
    return _detail(library, name)


async def store_profile(call: Call) -> BaseModel:
    """PUT /profiles/{name}. Sessions that use it take it up at once."""
    body: v.ProfileText = call.body
    services, name = call.services, call.path("name")
    if not is_profile_name(name):
        raise Problem(
            422,
            "invalid_name",
            "That cannot be a profile's name",
            "Letters a to z, digits and -, at most 40 characters.",
        )
    try:
        await asyncio.to_thread(services.profiles.library.store, name, body.text)
    except ShippedProfile:
        raise Problem(
            409, "profile_shipped", "A profile of the product is not changed", "Store it under another name."
        ) from None
    except ConfigError as error:
        raise invalid_profile(error) from None
    except OSError as error:
        raise Problem(500, "profile_not_stored", "The profile could not be stored", str(error)) from None
    for conference in services.conferences.values():
        conference.refresh_profiles()
    return _detail(services.profiles.library, name)


async def check_text(call: Call) -> BaseModel:
    """POST /profiles/check."""
    body: v.CheckProfile = call.body
    checked = check_profile(body.text, source="profile", name=body.name)
    return v.CheckResult(
        ok=checked.profile is not None, problems=_shown(checked.problems), warnings=_shown(checked.warnings)
    )


async def choose_profile(call: Call) -> BaseModel:
    """PUT /sessions/{id}/profile. Takes effect at once, without renegotiation."""
    body: v.ChooseProfile = call.body
    record = await _open_session(call)
    call.services.profile(body.profile)
    await call.services.store.change_session(record.id, profile=body.profile)
    await call.services.store.log(record.id, "profile", profile=body.profile)
    record = await call.services.session(record.id)
    conference = call.services.conferences.get(record.id)
    if conference is not None:
        conference.record = record
        conference.refresh_profiles()
        if conference.recording is not None:
            conference.recording.event("profile", profile=body.profile)
    return session_view(call.services, record)


async def change_endpoint(call: Call) -> BaseModel:
    """PATCH /sessions/{id}/endpoints/{eid}. Takes effect at once, without renegotiation."""
    body: v.ChangeEndpoint = call.body
    record = await _open_session(call)
    endpoint = record.endpoint(call.path("eid"))
    if endpoint is None or endpoint.removed:
        raise not_found("endpoint")
    if body.profile is not None:
        call.services.profile(body.profile)
    changes = body.model_dump(include=body.model_fields_set)
    endpoint = await call.services.store.change_endpoint(endpoint.id, **changes)
    conference = call.services.conferences.get(record.id)
    if conference is None:
        await call.services.store.log(record.id, "limits", endpoint_id=endpoint.id, **changes)
    else:
        seat = conference.seat_for(endpoint)
        conference.apply_rule(seat)
        conference.note("limits", seat, **changes)
    return endpoint_view(call.services, endpoint, conference)


async def _open_session(call: Call) -> SessionRecord:
    record = await call.services.session(call.path("id"))
    if record.state in CLOSED_STATES:
        raise Problem(409, "session_ended", "The session has ended")
    return record


def _text_of(library: ProfileLibrary, name: str) -> ProfileText | ConfigError:
    try:
        return library.text(name)
    except ConfigError as error:
        return error


def _checked(found: ProfileText | ConfigError) -> CheckedProfile:
    if isinstance(found, ConfigError):
        return CheckedProfile(profile=None, problems=tuple(found.problems))
    return check_profile(found.text, source=found.source, name=found.name)


def _summary(library: ProfileLibrary, name: str) -> v.ProfileView:
    found = _text_of(library, name)
    checked = _checked(found)
    profile = checked.profile
    if profile is None:
        fault = "\n".join(str(problem) for problem in checked.problems)
        return v.ProfileView(name=name, title_vi=name, title_en=name, shipped=False, ok=False, fault=fault)
    return v.ProfileView(
        name=name,
        title_vi=profile.title.vi,
        title_en=profile.title.en,
        shipped=isinstance(found, ProfileText) and found.shipped,
        ok=True,
        site_up_bps=profile.site.up_bps,
        site_down_bps=profile.site.down_bps,
        delegate_up_bps=profile.roles.delegate.line_up_bps,
        delegate_down_bps=profile.roles.delegate.line_down_bps,
    )


def _detail(library: ProfileLibrary, name: str) -> v.ProfileDetail:
    found = _text_of(library, name)
    checked = _checked(found)
    text = found if isinstance(found, ProfileText) else None
    return v.ProfileDetail(
        name=name,
        shipped=text.shipped if text else False,
        ok=checked.profile is not None,
        text=text.text if text else "",
        problems=_shown(checked.problems),
        warnings=_shown(checked.warnings),
        values=checked.profile.model_dump(mode="json") if checked.profile else None,
    )


def _shown(problems: Iterable[ConfigProblem]) -> list[v.CheckedProblem]:
    return [v.CheckedProblem.of(each) for each in problems]


ROUTES = [
    Route(
        method="GET",
        path="/api/v1/profiles",
        handler=list_profiles,
        summary="The bandwidth profiles: those of the product, then the operator's own",
        permission=Permission.VIEW_PROFILES,
        result=v.ProfileList,
    ),
    Route(
        method="POST",
        path="/api/v1/profiles/check",
        handler=check_text,
        summary="What is wrong with a profile's text; nothing is stored",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=READING,
        audited=False,
        body=v.CheckProfile,
        result=v.CheckResult,
    ),
    Route(
        method="GET",
        path="/api/v1/profiles/{name}",
        handler=get_profile,
        summary="A profile's text and what it comes to",
        permission=Permission.VIEW_PROFILES,
        result=v.ProfileDetail,
    ),
    Route(
        method="PUT",
        path="/api/v1/profiles/{name}",
        handler=store_profile,
        summary="Store a profile of one's own; sessions that use it take it up at once",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=frozenset({Extent.FULL}),
        body=v.ProfileText,
        result=v.ProfileDetail,
    ),
    Route(
        method="PUT",
        path="/api/v1/sessions/{id}/profile",
        handler=choose_profile,
        summary="Change the bandwidth profile, also while live",
        permission=Permission.SET_BANDWIDTH,
        body=v.ChooseProfile,
        result=v.SessionView,
    ),
    Route(
        method="PATCH",
        path="/api/v1/sessions/{id}/endpoints/{eid}",
        handler=change_endpoint,
        summary="A profile of its own and caps for one endpoint, also while live; null takes it back",
        permission=Permission.SET_BANDWIDTH,
        body=v.ChangeEndpoint,
        result=v.EndpointView,
    ),
]
