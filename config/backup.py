"""Settings of the nightly backup."""

from pydantic import Field

from config.section import Section


class BackupSettings(Section):
    """A backup of store and data directory each night, but for the recordings, which have copies of their own."""

    directory: str = Field(default="", description="where backups are put, best another disk; empty: none are made")
    hour: int = Field(default=1, ge=0, le=23, description="local hour at which that begins")
    keep: int = Field(default=14, ge=1, le=3650, description="so many are kept")
    passphrase_file: str = Field(default="", description="file with the passphrase; empty: not encrypted, without keys")
