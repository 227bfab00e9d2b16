"""Every setting of the server. `config/default.toml` documents each; a test keeps the two equal."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, IPvAnyNetwork

from config.backup import BackupSettings
from config.notice import NoticeSettings
from config.preflight import PreflightSettings
from config.section import Section
from config.storage import StorageSettings

__all__ = ["Section"]

PROFILE_NAME = r"^[a-z0-9][a-z0-9\-]{0,39}$"
DEFAULT_PROFILE: list[Any] = [
    "tên của một cấu hình băng thông: chữ thường a đến z, chữ số và dấu -",
    "the name of a profile: letters a to z, digits and -",
]
DATABASE: list[Any] = [
    'rỗng (SQLite), hoặc "postgresql://người_dùng@máy:5432/tên_cơ_sở_dữ_liệu"',
    'empty (SQLite), or "postgresql://user@host:5432/name_of_the_database"',
]
STORE_FILE = "diemcau.sqlite"  # in the data directory
PROFILES = "profiles"  # the operator's own, in the data directory


class ServerSettings(Section):
    """Where the server listens and keeps its data."""

    host: str = Field(default="127.0.0.1", description="address for HTTP and media; 0.0.0.0 or :: for all")
    port: int = Field(default=8080, ge=1, le=65535, description="TCP port of HTTP and UDP port of media")
    data: Path = Field(default=Path("data"), description="directory of store, keys and recordings")
    public_url: str = Field(default="", description="base of the links that are handed out; empty: http://host:port")
    workers: int = Field(default=1, ge=1, le=64, description="processes that the sessions are spread over")

    @property
    def base_url(self) -> str:
        """Base of the links handed out, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host and not host.startswith('[') else host}:{self.port}"


class MediaSettings(Section):
    """The media plane."""

    tcp_port: int = Field(default=0, ge=0, le=65535, description="TCP port of media; 0: the HTTP port plus one")
    announce: tuple[str, ...] = Field(default=(), description="addresses told to browsers, ADDRESS or ADDRESS:PORT")
    consent_timeout_s: float = Field(default=15.0, ge=2, le=60)
    seat_timeout_s: float = Field(default=30.0, ge=5, le=600)
    gso: Literal["auto", "on", "off"] = "auto"
    fan_out: Literal["auto", "c", "python"] = "auto"
    start_bps: int = Field(default=1_500_000, ge=50_000, le=50_000_000)
    min_bps: int = Field(
        default=60_000,
        ge=10_000,
        le=50_000_000,
        description="the estimate never falls below; as start_bps: it is fixed",
    )
    max_endpoints: int = Field(default=32, ge=2, le=128)
    site_networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description="networks of the server's own site, e.g. 192.168.1.0/24: they do not use the site's line",
    )


class RecordingSettings(Section):
    """The recorder."""

    rehearsals: bool = Field(default=True, description="record rehearsals too; every other session is always recorded")
    min_free_mib: int = Field(default=1024, ge=16, le=10_000_000, description="less free space refuses to start")
    warn_free_hours: float = Field(default=4.0, ge=0, le=1000)
    critical_free_hours: float = Field(default=0.5, ge=0, le=1000)
    reserve_mib: int = Field(default=64, ge=1, le=100_000, description="kept back on the disk for the signed chain")
    second_directory: str = Field(default="", description="on another disk: used when the first is full or dead")
    segment_seconds: int = Field(default=60, ge=5, le=3600)
    segment_mib: int = Field(default=64, ge=1, le=4096)
    sync_interval_s: float = Field(default=0.25, ge=0.05, le=5)
    queue_mib: int = Field(default=64, ge=1, le=1024)
    key_frame_interval_s: float = Field(default=10.0, ge=2, le=120)
    live_tracks: bool = Field(default=True, description="tracks that can be played while the session is recorded")
    encrypt: bool = Field(default=False, description="encrypt new recordings and documents at rest")
    master_key: str = Field(
        default="", description="file of the key that wraps each recording's; empty: DATA/keys/master.key"
    )
    timestamp_url: str = Field(
        default="", pattern=r"^(https?://.*)?$", description="RFC 3161 authority that stamps each seal; empty: none"
    )
    timestamp_timeout_s: float = Field(default=20.0, ge=1, le=300)


class AuthSettings(Section):
    """Links, tokens and users' accounts."""

    endpoint_hours: float = Field(default=72.0, gt=0, le=8760)
    guest_hours: float = Field(default=24.0, gt=0, le=8760)
    operator_hours: float = Field(default=12.0, gt=0, le=8760)
    console_link: bool = Field(default=True, description="print the operator's link at the start")
    setup_hours: float = Field(default=24.0, gt=0, le=720)
    password_min: int = Field(default=10, ge=8, le=64)
    max_failures: int = Field(default=5, ge=3, le=100)
    lock_minutes: float = Field(default=15.0, ge=1, le=1440)
    idle_minutes: float = Field(default=30.0, ge=1, le=1440)
    absolute_hours: float = Field(default=12.0, gt=0, le=720)


class ReceptionSettings(Section):
    """How sessions are prepared."""

    warn_deputy_chair: bool = Field(default=True, description="warn when the chair is a deputy")
    check_minutes_before: int = Field(
        default=60, ge=5, le=1440, description="a scheduled session goes to its technical check so long before"
    )
    countdown_s: float = Field(default=10.0, ge=0, le=120, description="every room sees them pass before the start")
    public_schedule: bool = Field(default=True, description="anybody may read date, place and chair of approved ones")


class PapersSettings(Section):
    """How papers become files. DATA/templates and DATA/texts hold the office's own templates and texts."""

    soffice: str = Field(default="", description="LibreOffice's program for PDF; empty: soffice on the path")
    time_limit_s: float = Field(default=90.0, ge=5, le=600)


class DocumentSettings(Section):
    """The documents of cases, in DATA/documents."""

    max_mb: int = Field(default=50, ge=1, le=2000, description="of one file")
    max_count: int = Field(default=300, ge=1, le=10_000, description="of one session")
    room_kbps: int = Field(default=1000, ge=50, le=1_000_000, description="a room fetches what is shown so fast")
    rooms_kbps: int = Field(default=4000, ge=50, le=1_000_000, description="all rooms together")


class LogSettings(Section):
    """The log on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class Settings(Section):
    """The whole; each part of the program gets only its section."""

    server: ServerSettings = ServerSettings()
    media: MediaSettings = MediaSettings()
    recording: RecordingSettings = RecordingSettings()
    storage: StorageSettings = StorageSettings()
    backup: BackupSettings = BackupSettings()
    auth: AuthSettings = AuthSettings()
    reception: ReceptionSettings = ReceptionSettings()
    papers: PapersSettings = PapersSettings()
    documents: DocumentSettings = DocumentSettings()
    log: LogSettings = LogSettings()
    preflight: PreflightSettings = PreflightSettings()
    notice: NoticeSettings = NoticeSettings()
    database: str = Field(
        default="",
        pattern=r"^(postgres(ql)?://[^\s/?#]*/[^\s/?#]+(\?\S*)?)?$",
        json_schema_extra={"allowed": DATABASE},
        description="URL of a PostgreSQL database; empty: SQLite in the data directory",
    )
    default_profile: str = Field(default="30-5", pattern=PROFILE_NAME, json_schema_extra={"allowed": DEFAULT_PROFILE})
    profiles_dir: str = Field(default="", description="directory of the operator's own profiles; empty: DATA/profiles")

    @property
    def store_location(self) -> Path | str:
        """Where sessions, people and the audit log are stored: a SQLite file, or the URL of a PostgreSQL database."""
        return self.database or self.server.data / STORE_FILE

    @property
    def profiles_path(self) -> Path:
        """The directory of the operator's own profiles."""
        return Path(self.profiles_dir) if self.profiles_dir else self.server.data / PROFILES
