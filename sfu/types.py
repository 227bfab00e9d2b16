"""The field's nouns as types."""

from enum import StrEnum
from typing import NewType

SessionId = NewType("SessionId", str)
EndpointId = NewType("EndpointId", str)
PublicationId = NewType("PublicationId", int)
Ssrc = NewType("Ssrc", int)
Mid = NewType("Mid", str)
Rid = NewType("Rid", str)
PayloadType = NewType("PayloadType", int)


def owner_of(place: str) -> EndpointId:
    """The endpoint of a connection: "ID", or "ID#…" for a further one."""
    return EndpointId(place.partition("#")[0])


class Kind(StrEnum):
    """Media kind of a publication."""

    AUDIO = "audio"
    VIDEO = "video"


class Source(StrEnum):
    """What an endpoint's publication shows."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    CAMERA2 = "camera2"
    SCREEN = "screen"


class Role(StrEnum):
    """The role of an endpoint in one session; a profile has lines and layers for each."""

    CENTRAL = "central"
    DELEGATE = "delegate"
    OBSERVER = "observer"
