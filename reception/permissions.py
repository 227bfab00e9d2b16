"""Who may do what (pure): one table, one row an action, one extent a role. REQUIREMENTS.md §4.5 is its source.

`signalling/routing.py` is the one place that asks. What the table has of its own beside §4.5 stands below the rows that
§4.5 names.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a bearer is: nine roles of people, and three kinds that are no people."""

    ADMIN = "admin"  # quản trị hệ thống (QTHT)
    OPERATOR = "operator"  # cán bộ điều phối
    TECHNICIAN = "technician"  # kỹ thuật viên điểm cầu
    CHAIR = "chair"  # người chủ trì
    SECRETARY = "secretary"  # thư ký
    DELEGATE = "delegate"  # đại biểu
    OBSERVER = "observer"  # người giám sát
    ARCHIVIST = "archivist"  # cán bộ lưu trữ
    AUDITOR = "auditor"  # cán bộ an toàn thông tin (ATTT)
    ENDPOINT = "endpoint"  # the link of one endpoint of one session
    SURVEY = "survey"  # the link by which a registered endpoint checks itself
    MEDIA = "media"  # the address of one recording's files, for media elements
    NOBODY = "nobody"  # no token at all


PEOPLE = (
    Role.ADMIN,
    Role.OPERATOR,
    Role.TECHNICIAN,
    Role.CHAIR,
    Role.SECRETARY,
    Role.DELEGATE,
    Role.OBSERVER,
    Role.ARCHIVIST,
    Role.AUDITOR,
)


class Extent(StrEnum):
    """How far a permission goes."""

    NONE = "none"
    FULL = "full"
    OWN = "own"  # one's own endpoint
    OWN_UNIT = "own_unit"
    READ = "read"
    MASKED = "masked"  # reads, with personal data masked
    SUMMARY = "summary"  # reads sums, no lines
    ON_ORDER = "on_order"  # on the chair's order
    WITH_REASON = "with_reason"  # a reason must be given
    COMMENT = "comment"
    APPROVE = "approve"  # says yes to what another asks for
    REQUEST = "request"  # asks another
    IF_ALLOWED = "if_allowed"  # where the session allows it
    BY_INVITE = "by_invite"
    SUBORDINATE = "subordinate"  # of subordinate units
    TWO_PERSON = "two_person"  # takes effect when a second person agrees


class Permission(StrEnum):
    """The actions."""

    MANAGE_USERS = "manage_users"  # users and configuration
    REGISTER_ENDPOINTS = "register_endpoints"  # and bandwidth profiles
    EDIT_SESSION = "edit_session"
    APPROVE_SESSION = "approve_session"
    PREFLIGHT = "preflight"  # run and sign the technical check
    WAIVE_PREFLIGHT = "waive_preflight"
    RUN_SESSION = "run_session"  # start, pause, end
    MODERATE = "moderate"  # admit, mute, remove
    PUBLISH_MEDIA = "publish_media"
    RAISE_HAND = "raise_hand"
    SHARE_DOCUMENT = "share_document"
    SEE_IDENTITY = "see_identity"  # of citizens
    WRITE_MINUTES = "write_minutes"
    PRIVATE_ROOM = "private_room"
    CONTROL_RECORDER = "control_recorder"  # restart, listen to what was just written; never silently
    PLAY_RECORDING = "play_recording"
    EXPORT_RECORDING = "export_recording"
    RETENTION = "retention"  # period, legal hold, deletion
    READ_AUDIT = "read_audit"
    # What §4.5 takes for granted.
    VIEW_SESSIONS = "view_sessions"  # that there are sessions, their state and who is in them
    HAND_OUT_LINKS = "hand_out_links"  # see, renew and revoke the links of a session's endpoints
    VIEW_PREFLIGHT = "view_preflight"
    SURVEY = "survey"  # an endpoint checks itself without a session
    SET_MARKER = "set_marker"  # in what is recorded now
    VIEW_LINES = "view_lines"  # the console's numbers, and what-if questions
    BACK_CHANNEL = "back_channel"  # of operators and sites' technicians
    SET_BANDWIDTH = "set_bandwidth"  # of a session or an endpoint
    VIEW_PROFILES = "view_profiles"
    VIEW_RECORDINGS = "view_recordings"  # the catalogue and its verification, without playing
    VIEW_PROCEDURE = "view_procedure"  # which steps of a reception are done, waived or open
    ASK_RECORDING = "ask_recording"  # ask for a recording, a file or the package; see what came of it
    ARCHIVE_SESSION = "archive_session"  # what is complete becomes read-only
    STORAGE = "storage"  # disks, copies, the store, fixity
    VIEW_DOCUMENTS = "view_documents"  # of a case; which ones is set document by document
    TURN_AWAY = "turn_away"  # refuse to receive, or ask to be received in person
    OWN_ACCOUNT = "own_account"
    WHO_AM_I = "who_am_i"


def _row(*full: Role, **others: Extent) -> Mapping[Role, Extent]:
    return {**dict.fromkeys(full, Extent.FULL), **{Role(name): extent for name, extent in others.items()}}


_E = Extent
_ADMIN, _OPERATOR, _CHAIR = Role.ADMIN, Role.OPERATOR, Role.CHAIR
_SECRETARY, _ARCHIVIST, _AUDITOR = Role.SECRETARY, Role.ARCHIVIST, Role.AUDITOR

TABLE: Mapping[Permission, Mapping[Role, Extent]] = {
    Permission.MANAGE_USERS: _row(_ADMIN, auditor=_E.READ),
    Permission.REGISTER_ENDPOINTS: _row(_ADMIN, _OPERATOR, technician=_E.OWN, auditor=_E.READ),
    Permission.EDIT_SESSION: _row(_OPERATOR, _SECRETARY, chair=_E.READ),
    Permission.APPROVE_SESSION: _row(_CHAIR),
    Permission.PREFLIGHT: _row(_OPERATOR, technician=_E.OWN, observer=_E.READ, endpoint=_E.OWN),
    Permission.WAIVE_PREFLIGHT: _row(_CHAIR, operator=_E.WITH_REASON),
    Permission.RUN_SESSION: _row(_CHAIR, operator=_E.ON_ORDER),
    Permission.MODERATE: _row(_OPERATOR, _CHAIR),
    Permission.PUBLISH_MEDIA: _row(_CHAIR, technician=_E.OWN, delegate=_E.OWN, endpoint=_E.OWN),
    Permission.RAISE_HAND: _row(technician=_E.OWN, delegate=_E.OWN, endpoint=_E.OWN),
    Permission.SHARE_DOCUMENT: _row(
        _OPERATOR,
        _CHAIR,
        _SECRETARY,
        technician=_E.IF_ALLOWED,
        delegate=_E.IF_ALLOWED,
        endpoint=_E.IF_ALLOWED,
    ),
    Permission.SEE_IDENTITY: _row(
        _CHAIR,
        _SECRETARY,
        operator=_E.MASKED,
        technician=_E.OWN,
        delegate=_E.OWN_UNIT,
        observer=_E.MASKED,
        archivist=_E.READ,
        endpoint=_E.OWN,
    ),
    Permission.WRITE_MINUTES: _row(_SECRETARY, chair=_E.COMMENT, delegate=_E.COMMENT, observer=_E.READ),
    Permission.PRIVATE_ROOM: _row(_CHAIR, secretary=_E.BY_INVITE, delegate=_E.BY_INVITE),
    Permission.CONTROL_RECORDER: _row(_OPERATOR),
    Permission.PLAY_RECORDING: _row(
        _CHAIR, _SECRETARY, _ARCHIVIST, delegate=_E.REQUEST, observer=_E.SUBORDINATE, media=_E.OWN
    ),
    Permission.EXPORT_RECORDING: _row(_ARCHIVIST, chair=_E.APPROVE, secretary=_E.REQUEST, observer=_E.REQUEST),
    Permission.RETENTION: _row(chair=_E.APPROVE, archivist=_E.TWO_PERSON, auditor=_E.READ),
    Permission.READ_AUDIT: _row(_AUDITOR, observer=_E.SUMMARY),
    Permission.VIEW_SESSIONS: _row(
        _OPERATOR,
        _CHAIR,
        _SECRETARY,
        admin=_E.READ,
        technician=_E.OWN,
        delegate=_E.OWN,
        observer=_E.READ,
        archivist=_E.READ,
        auditor=_E.READ,
    ),
    Permission.VIEW_PREFLIGHT: _row(
        _OPERATOR,
        _CHAIR,
        admin=_E.READ,
        technician=_E.OWN,
        secretary=_E.READ,
        delegate=_E.OWN,
        observer=_E.READ,
        archivist=_E.READ,
        auditor=_E.READ,
        endpoint=_E.OWN,
    ),
    Permission.HAND_OUT_LINKS: _row(_OPERATOR, _SECRETARY, technician=_E.OWN, chair=_E.OWN, delegate=_E.OWN),
    Permission.SURVEY: {Role.SURVEY: _E.OWN},
    Permission.SET_MARKER: _row(_OPERATOR, _CHAIR, _SECRETARY),
    Permission.VIEW_LINES: _row(_OPERATOR, admin=_E.READ, chair=_E.READ, auditor=_E.READ),
    Permission.BACK_CHANNEL: _row(_OPERATOR, technician=_E.OWN),
    Permission.SET_BANDWIDTH: _row(_OPERATOR),
    Permission.VIEW_PROFILES: _row(
        _ADMIN, _OPERATOR, technician=_E.READ, chair=_E.READ, secretary=_E.READ, auditor=_E.READ
    ),
    Permission.VIEW_RECORDINGS: _row(
        _ARCHIVIST, operator=_E.READ, chair=_E.READ, secretary=_E.READ, observer=_E.READ, auditor=_E.READ
    ),
    Permission.VIEW_PROCEDURE: _row(
        _OPERATOR,
        _CHAIR,
        _SECRETARY,
        technician=_E.OWN,
        delegate=_E.OWN,
        observer=_E.READ,
        archivist=_E.READ,
        auditor=_E.READ,
        endpoint=_E.OWN,
    ),
    Permission.ASK_RECORDING: _row(
        _SECRETARY, observer=_E.SUBORDINATE, delegate=_E.OWN, chair=_E.READ, archivist=_E.READ
    ),
    Permission.ARCHIVE_SESSION: _row(_SECRETARY, _ARCHIVIST),
    Permission.STORAGE: _row(_OPERATOR, _ARCHIVIST, admin=_E.READ, chair=_E.READ, secretary=_E.READ, auditor=_E.READ),
    Permission.VIEW_DOCUMENTS: _row(
        _OPERATOR,
        _CHAIR,
        _SECRETARY,
        technician=_E.OWN,
        delegate=_E.OWN_UNIT,
        observer=_E.READ,
        archivist=_E.READ,
        endpoint=_E.OWN,
    ),
    Permission.TURN_AWAY: _row(_CHAIR, _SECRETARY, technician=_E.OWN, endpoint=_E.OWN),
    Permission.OWN_ACCOUNT: dict.fromkeys(PEOPLE, _E.OWN),
    Permission.WHO_AM_I: dict.fromkeys((*PEOPLE, Role.ENDPOINT, Role.SURVEY, Role.MEDIA), _E.OWN),
}

CONSOLE: Mapping[tuple[Role, Permission], Extent] = {
    # Who can run `diemcau token` on the server's console has the files of its recordings in hand anyway.
    (Role.OPERATOR, Permission.PLAY_RECORDING): Extent.READ,
    (Role.OPERATOR, Permission.EXPORT_RECORDING): Extent.FULL,
    # Where one person sets the system up and tries it, nobody else is there to approve; it is noted by whom.
    (Role.OPERATOR, Permission.APPROVE_SESSION): Extent.FULL,
    (Role.OPERATOR, Permission.ARCHIVE_SESSION): Extent.FULL,
}

READING = frozenset(Extent) - {Extent.NONE, Extent.REQUEST, Extent.APPROVE, Extent.BY_INVITE, Extent.SUMMARY}
WRITING = frozenset(
    {
        Extent.FULL,
        Extent.OWN,
        Extent.OWN_UNIT,
        Extent.ON_ORDER,
        Extent.WITH_REASON,
        Extent.IF_ALLOWED,
        Extent.SUBORDINATE,
        Extent.TWO_PERSON,
    }
)


def extent(role: Role, permission: Permission, *, console: bool = False) -> Extent:
    """How far the role's permission goes. console: by a token made on the server's console."""
    found = TABLE[permission].get(role, Extent.NONE)
    if found is Extent.NONE and console:
        return CONSOLE.get((role, permission), Extent.NONE)
    return found


def extents(role: Role, *, console: bool = False) -> dict[Permission, Extent]:
    """All that the role may do."""
    found = {each: extent(role, each, console=console) for each in Permission}
    return {each: value for each, value in found.items() if value is not Extent.NONE}


def roles_with(permission: Permission, accepted: frozenset[Extent]) -> list[Role]:
    """The roles whose extent is one of these."""
    return [role for role in Role if extent(role, permission) in accepted]


def own_only(found: Extent) -> bool:
    """Whether the permission is for what is the bearer's own alone. (§4.5 allows documents only from one's own.)"""
    return found in (Extent.OWN, Extent.OWN_UNIT, Extent.IF_ALLOWED)


def same_unit(one: str, other: str) -> bool:
    """Whether two names of units mean the same; an empty one means none."""
    return bool(one.strip()) and " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
