"""Thresholds of the technical check before a session; `config/default.toml` documents each."""

from pydantic import Field

from config.section import Section


class Limits(Section):
    """From `pass_from` to `pass_to` a value passes; below `fail_below` or above `fail_above` it fails; else it warns.

    A limit that is left out does not count.
    """

    pass_from: float | None = None
    pass_to: float | None = None
    fail_below: float | None = None
    fail_above: float | None = None


class PreflightSettings(Section):
    """The check of the plan's eight items, and of security. Speeds and pictures are judged by the session's profile."""

    valid_hours: float = Field(default=24.0, gt=0, le=168, description="how long a result counts, in its session")
    speed_pass_share: float = Field(default=0.95, gt=0, le=1, description="of the profile's line")
    speed_fail_share: float = Field(default=0.2, ge=0, le=1)
    picture_pass_share: float = Field(default=0.9, gt=0, le=1, description="of the profile's picture rate")
    picture_fail_share: float = Field(default=0.4, ge=0, le=1)
    min_chromium: int = Field(default=120, ge=90, le=1000, description="oldest version without known holes")
    min_firefox: int = Field(default=115, ge=90, le=1000)
    luma: Limits = Limits(pass_from=70, pass_to=190, fail_below=45, fail_above=220)
    contrast: Limits = Limits(pass_from=20, fail_below=8)
    loss_percent: Limits = Limits(pass_to=1, fail_above=5)
    rtt_ms: Limits = Limits(pass_to=150, fail_above=500)
    jitter_ms: Limits = Limits(pass_to=30, fail_above=100)
    joint_percent: Limits = Limits(pass_from=90, fail_below=50)
    voice_peak_dbfs: Limits = Limits(pass_from=-20, pass_to=-3, fail_below=-50)
    clipping_percent: Limits = Limits(pass_to=0.01, fail_above=0.5)
    noise_dbfs: Limits = Limits(pass_to=-50, fail_above=-30)
    black_percent: Limits = Limits(pass_to=1, fail_above=50)
    frozen_percent: Limits = Limits(pass_to=10, fail_above=50)
    free_ratio: Limits = Limits(pass_from=2, fail_below=1)
    write_mb_s: Limits = Limits(pass_from=30, fail_below=5)
    battery_percent: Limits = Limits(pass_from=50, fail_below=5)
    clock_offset_s: Limits = Limits(pass_to=1, fail_above=60)
