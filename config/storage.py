"""Settings of where recordings go after the session, and how long they stay."""

from typing import Literal

from pydantic import Field

from config.section import Section

RETENTION_CLASSES = ("vinh_vien", "15_nam", "5_nam", "chay_thu_30_ngay")
RetentionClass = Literal["vinh_vien", "15_nam", "5_nam", "chay_thu_30_ngay"]


class S3Settings(Section):
    """An S3-compatible store that sealed recordings are sent to."""

    url: str = Field(default="", pattern=r"^(https?://.*)?$", description="address of the store; empty: none")
    bucket: str = Field(default="diemcau", min_length=3, max_length=63)
    prefix: str = Field(default="recordings", max_length=200, description="what all names in the bucket begin with")
    region: str = Field(default="us-east-1", min_length=1, max_length=60)
    access_key_id: str = ""
    secret_access_key: str = Field(default="", description="better in DIEMCAU_STORAGE__S3__SECRET_ACCESS_KEY")
    path_style: bool = Field(default=True, description="bucket in the path, not in the host's name")
    automatic: bool = Field(default=True, description="send each recording when it is sealed")
    timeout_s: float = Field(default=60.0, ge=1, le=3600)
    retry_first_s: float = Field(default=10.0, ge=0.1, le=3600)
    retry_longest_s: float = Field(default=900.0, ge=1, le=86400)


class RetentionSettings(Section):
    """How long the classes are kept; "vinh_vien" is for ever."""

    default_class: RetentionClass = "15_nam"
    years_15_nam: int = Field(default=15, ge=1, le=200)
    years_5_nam: int = Field(default=5, ge=1, le=200)
    rehearsal_days: int = Field(default=30, ge=1, le=3650)
    delete_rehearsals: bool = Field(default=True, description="delete rehearsals by themselves when their time is over")


class StorageSettings(Section):
    """Space before a session, copies, fixity."""

    expected_hours: float = Field(default=2.0, ge=0.1, le=48, description="how long a session is expected to be")
    rehearsal_hours: float = Field(default=0.25, ge=0.05, le=48)
    mount_roots: tuple[str, ...] = Field(default=("/media", "/run/media", "/mnt"))
    fixity: bool = Field(default=True, description="check all recordings each night")
    fixity_hour: int = Field(default=2, ge=0, le=23)
    copies_days: int = Field(
        default=30, ge=1, le=3650, description="copies on other disks are read again after so long"
    )
    export_days: float = Field(
        default=7.0, ge=0.01, le=365, description="an approved export stays available to who asked for it so long"
    )
    s3: S3Settings = S3Settings()
    retention: RetentionSettings = RetentionSettings()
