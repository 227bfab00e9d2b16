"""SDP as lines (RFC 8866): just enough structure to read an offer strictly."""

from __future__ import annotations

from dataclasses import dataclass, field

from sfu.errors import NegotiationError

MAX_SECTIONS = 160
MAX_LINES = 12_000


@dataclass(slots=True)
class MediaSection:
    """One m= section. `attributes` in order as (name, value); value "" for flags."""

    line: int
    kind: str
    port: int
    protocol: str
    formats: list[str]
    attributes: list[tuple[str, str]] = field(default_factory=list)

    def values(self, name: str) -> list[str]:
        """Values of every attribute of this name."""
        return [value for key, value in self.attributes if key == name]

    def value(self, name: str) -> str | None:
        """The first value, None if there is none."""
        return next((value for key, value in self.attributes if key == name), None)

    def has(self, name: str) -> bool:
        """Whether the attribute stands there."""
        return any(key == name for key, _ in self.attributes)


@dataclass(slots=True)
class SessionDescription:
    """The session's attributes and its media sections."""

    attributes: list[tuple[str, str]]
    media: list[MediaSection]

    def value(self, section: MediaSection, name: str) -> str | None:
        """An attribute of the section, or the session's."""
        found = section.value(name)
        return found if found is not None else next((value for key, value in self.attributes if key == name), None)

    def values(self, section: MediaSection, name: str) -> list[str]:
        """All of the section's, or all of the session's where the section has none."""
        return section.values(name) or [value for key, value in self.attributes if key == name]


def parse_sdp_untrusted(text: str) -> SessionDescription:
    """The description. Raises NegotiationError with the line that is wrong."""
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise NegotiationError(f"the SDP has more than {MAX_LINES} lines")
    if not lines or lines[0] != "v=0":
        raise NegotiationError("line 1: an SDP begins with v=0")
    attributes: list[tuple[str, str]] = []
    media: list[MediaSection] = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        if len(line) < 2 or line[1] != "=" or not line[0].isalpha():
            raise NegotiationError(f"line {number}: not of the form type=value")
        if line[0] == "m":
            media.append(_media(line[2:], number))
        elif line[0] == "a":
            name, _, value = line[2:].partition(":")
            (media[-1].attributes if media else attributes).append((name, value.strip()))
    if not media:
        raise NegotiationError("the SDP has no media section (m=)")
    if len(media) > MAX_SECTIONS:
        raise NegotiationError(f"the SDP has more than {MAX_SECTIONS} media sections")
    return SessionDescription(attributes, media)


def _media(value: str, number: int) -> MediaSection:
    parts = value.split()
    if len(parts) < 4 or not is_number(parts[1].partition("/")[0]):
        raise NegotiationError(f"line {number}: m= needs kind, port, protocol and formats")
    return MediaSection(
        line=number, kind=parts[0], port=int(parts[1].partition("/")[0]), protocol=parts[2], formats=parts[3:]
    )


def is_number(text: str) -> bool:
    """Whether `text` is nothing but ASCII digits; str.isdigit would take "¹", which int() does not."""
    return text.isascii() and text.isdigit()
