"""Bandwidth profiles: the lines of a session and what each role sends over them."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from config.models import Section
from config.problems import ConfigError, ConfigProblem
from config.toml_text import parse_toml, validate

LineBps = Annotated[int, Field(ge=64_000, le=10_000_000_000)]
Share = Annotated[float, Field(ge=0.3, le=0.95)]
Weight = Annotated[float, Field(ge=0.0, le=100.0)]


class Title(Section):
    """The profile's name for people."""

    vi: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=80)


class SiteLine(Section):
    """The line that the server stands behind, shared by all sessions. bits/s; `media_share` is kept for media."""

    up_bps: LineBps
    down_bps: LineBps
    media_share: Share = 0.8


class LayerPlan(Section):
    """One encoding. `scale_down_by` divides width and height of the camera's picture."""

    rid: str = Field(pattern=r"^[A-Za-z0-9]{1,16}$")
    scale_down_by: float = Field(ge=1, le=16)
    max_bitrate_bps: int = Field(ge=20_000, le=50_000_000)
    max_framerate: int = Field(ge=1, le=60)


class PicturePlan(Section):
    """What a camera or a screen is asked to send; layers lowest first."""

    width: int = Field(ge=160, le=3840)
    height: int = Field(ge=90, le=2160)
    framerate: int = Field(ge=1, le=60)
    layers: tuple[LayerPlan, ...] = Field(min_length=1, max_length=4)

    @model_validator(mode="after")
    def _lowest_first(self) -> "PicturePlan":
        rates = [layer.max_bitrate_bps for layer in self.layers]
        if rates != sorted(rates):
            raise ValueError("layers must stand lowest bit rate first")
        if len({layer.rid for layer in self.layers}) != len(self.layers):
            raise ValueError("each layer needs a rid of its own")
        return self


class RolePlan(Section):
    """The line of an endpoint in this role and what it sends. bits/s."""

    line_up_bps: LineBps
    line_down_bps: LineBps
    media_share: Share = 0.8
    audio_bitrate_bps: int = Field(ge=6_000, le=256_000)
    audio_red: bool = True
    camera: PicturePlan
    screen: PicturePlan


class Roles(Section):
    """A plan for each role."""

    central: RolePlan
    delegate: RolePlan
    observer: RolePlan


class Weights(Section):
    """How much a picture is worth where it stands; relative to each other."""

    stage: Weight = 20.0
    speaker: Weight = 5.0
    screen: Weight = 24.0
    thumbnail: Weight = 1.0


class Profile(Section):
    """A bandwidth profile. `codecs`: video codecs in order of preference."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9\-]{0,40}$")
    title: Title
    codecs: tuple[str, ...] = ("VP8", "H264", "VP9", "AV1")
    site: SiteLine
    roles: Roles
    weights: Weights = Weights()

    @model_validator(mode="after")
    def _known_codecs(self) -> "Profile":
        unknown = [codec for codec in self.codecs if codec not in {"VP8", "H264", "VP9", "AV1"}]
        if unknown or not self.codecs:
            raise ValueError(f"codecs may be VP8, H264, VP9 and AV1, not {', '.join(unknown) or 'none'}")
        return self


def profile_names() -> list[str]:
    """The profiles that come with the product."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in files("config").joinpath("profiles").iterdir()
        if entry.name.endswith(".toml")
    )


def load_profile(name_or_path: str | Path) -> Profile:
    """A profile by its name, or from a file by its path. Raises ConfigError."""
    path = Path(name_or_path)
    if path.suffix == ".toml":
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise _unreadable(str(path), f"cannot be read: {error}") from None
        return parse_profile(text, source=str(path))
    if str(name_or_path) not in profile_names():
        raise _unreadable(str(name_or_path), f"no such profile; there are {', '.join(profile_names())}")
    text = files("config").joinpath("profiles", f"{name_or_path}.toml").read_text(encoding="utf-8")
    return parse_profile(text, source=f"{name_or_path}.toml")


def parse_profile(text: str, *, source: str) -> Profile:
    """A profile from TOML text. Raises ConfigError with line, key, value and what is allowed."""
    return validate(Profile, parse_toml(text, source=source), text=text, source=source)


def check_profile_text(text: str, *, source: str = "profile") -> list[ConfigProblem]:
    """What is wrong with a profile's text; empty if nothing is."""
    try:
        parse_profile(text, source=source)
    except ConfigError as error:
        return error.problems
    return []


def _unreadable(source: str, message: str) -> ConfigError:
    return ConfigError([ConfigProblem(source=source, line=0, key="(profile)", value="", message=message)])
