"""Bandwidth profiles: the lines of a session, what each role sends over them, and what it is sent."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import Field

from config.costs import voice_bps
from config.models import PROFILE_NAME
from config.problems import ConfigError, ConfigProblem
from config.section import Section
from config.words import Words

BITS = ("bit/giây", "bits/s")
PIXELS = ("điểm ảnh", "pixels")
SHARE = ("(tỷ lệ của đường truyền)", "of the line")
FRAMES = ("hình/giây", "pictures a second")
MAX_LAYERS = 3  # a browser sends no more encodings of one picture
RID = ("1 đến 16 chữ cái và chữ số, không dấu", "1 to 16 letters and digits")
NAME = ("chữ thường a đến z, chữ số và dấu -, nhiều nhất 40 ký tự", "letters a to z, digits and -, 40 at most")


def _extra(unit: tuple[str, str]) -> dict[str, Any]:
    return {"unit": list(unit)}


LineBps = Annotated[int, Field(ge=64_000, le=10_000_000_000, json_schema_extra=_extra(BITS))]
Share = Annotated[float, Field(ge=0.3, le=0.95, json_schema_extra=_extra(SHARE))]
Weight = Annotated[float, Field(ge=0.0, le=100.0)]
Codec = Literal["VP8", "H264", "VP9", "AV1"]


class Title(Section):
    """The profile's name for people."""

    vi: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=80)


class SiteLine(Section):
    """The line that the server stands behind, shared by all sessions; bits/s.

    media_share: of `up_bps`, what is sent to all endpoints together. publish_share: of `down_bps`, what all of them
    together are let send.
    """

    up_bps: LineBps
    down_bps: LineBps
    media_share: Share
    publish_share: Share

    @property
    def send_limit_bps(self) -> int:
        """What the server may send to all endpoints together."""
        return int(self.up_bps * self.media_share)

    @property
    def publish_limit_bps(self) -> int:
        """What all endpoints together may send to the server."""
        return int(self.down_bps * self.publish_share)


class LayerPlan(Section):
    """One encoding. `scale_down_by` divides width and height of the camera's picture."""

    rid: str = Field(pattern=r"^[A-Za-z0-9]{1,16}$", json_schema_extra={"allowed": list(RID)})
    scale_down_by: float = Field(ge=1, le=16)
    max_bitrate_bps: int = Field(ge=20_000, le=50_000_000, json_schema_extra=_extra(BITS))
    max_framerate: int = Field(ge=1, le=60, json_schema_extra=_extra(FRAMES))


class PicturePlan(Section):
    """What a camera or a screen is asked to send; layers lowest first."""

    width: int = Field(ge=160, le=3840, json_schema_extra=_extra(PIXELS))
    height: int = Field(ge=90, le=2160, json_schema_extra=_extra(PIXELS))
    framerate: int = Field(ge=1, le=60, json_schema_extra=_extra(FRAMES))
    layers: tuple[LayerPlan, ...] = Field(min_length=1, max_length=MAX_LAYERS)


class Weights(Section):
    """How much a picture is worth to who is shown it, by where it stands; relative to all others on the site's line."""

    stage: Weight
    speaker: Weight
    screen: Weight
    thumbnail: Weight


class WatchingPlan(Section):
    """What an endpoint in this role is sent; bits/s.

    cap_down_bps: never more than this, whatever its line carries. minimum_bps: its part of the site's line before
    anybody gets more; voices come out of it first.
    """

    line_down_bps: LineBps
    media_share: Share
    cap_down_bps: LineBps
    minimum_bps: LineBps
    weights: Weights

    @property
    def down_limit_bps(self) -> int:
        """What it may be sent at most."""
        return min(int(self.line_down_bps * self.media_share), self.cap_down_bps)


class RolePlan(WatchingPlan):
    """The same for an endpoint that sends too.

    cap_up_bps: what it may send at most. audio_red: each voice packet carries the one before (RFC 2198); audio_fec: the
    voice's encoder adds a coarse copy of the frame before (RFC 6716 §2.1.7) while packets are lost.
    """

    line_up_bps: LineBps
    cap_up_bps: LineBps
    audio_bitrate_bps: int = Field(ge=6_000, le=256_000, json_schema_extra=_extra(BITS))
    audio_red: bool
    audio_fec: bool
    camera: PicturePlan
    screen: PicturePlan

    @property
    def up_limit_bps(self) -> int:
        """What it may send at most."""
        return min(int(self.line_up_bps * self.media_share), self.cap_up_bps)

    @property
    def voice_bps(self) -> int:
        """Its voice on the line."""
        return voice_bps(self.audio_bitrate_bps, red=self.audio_red)


class Roles(Section):
    """A plan for each role; an observer sends nothing."""

    central: RolePlan
    delegate: RolePlan
    observer: WatchingPlan


class Profile(Section):
    """A bandwidth profile. `codecs`: video codecs in order of preference."""

    name: str = Field(pattern=PROFILE_NAME, json_schema_extra={"allowed": list(NAME)})
    title: Title
    codecs: tuple[Codec, ...] = Field(min_length=1, max_length=4)
    site: SiteLine
    roles: Roles


def is_profile_name(name: str) -> bool:
    """Whether it may be the name of a profile: nothing else ever becomes part of a path."""
    return re.fullmatch(PROFILE_NAME, name) is not None


@cache
def profile_names() -> tuple[str, ...]:
    """The profiles that come with the product."""
    entries = files("config").joinpath("profiles").iterdir()
    return tuple(sorted(each.name.removesuffix(".toml") for each in entries if each.name.endswith(".toml")))


def shipped_text(name: str) -> str:
    """The text of a profile that comes with the product; `name` is one of profile_names()."""
    return files("config").joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")


def load_profile(name: str) -> Profile:
    """A profile that comes with the product. Raises ConfigError if there is none of this name."""
    if name not in profile_names():
        raise unknown_profile(name, profile_names())
    return Profile.model_validate(tomllib.loads(shipped_text(name)))


def unknown_profile(name: str, known: Iterable[str]) -> ConfigError:
    """There is none of this name."""
    names = ", ".join(known)
    message = Words(f"không có cấu hình này; hiện có: {names}", f"there is no such profile; there are: {names}")
    return ConfigError([ConfigProblem(source="profile", line=0, key="name", value=name, message=message)])
