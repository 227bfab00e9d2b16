"""Profiles by name: those that come with the product, and the operator's own in a directory.

A profile is never looked up by a path: whoever may name one must not make the server read another file.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.problems import ConfigError, ConfigProblem
from config.profile import Profile, is_profile_name, profile_names, shipped_text, unknown_profile
from config.profile_text import parse_profile
from config.words import Words

MAX_BYTES = 100_000
Stamp = tuple[int, int, int]  # changes whenever the file does


class ShippedProfile(Exception):
    """A profile of the product; it is not changed, only copied under another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileText:
    """A profile as it is kept. `source`: how it is named in messages."""

    name: str
    source: str
    shipped: bool
    text: str


class ProfileLibrary:
    """`directory` holds the operator's own as NAME.toml; it need not exist. A name of the product's stands for that."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def names(self) -> list[str]:
        """The product's, then the operator's own."""
        shipped = profile_names()
        try:
            found = sorted(path.stem for path in self.directory.glob("*.toml") if path.is_file())
        except OSError:
            found = []
        return [*shipped, *(name for name in found if is_profile_name(name) and name not in shipped)]

    def text(self, name: str) -> ProfileText:
        """Raises ConfigError if there is none of this name, or it cannot be read."""
        if name not in self.names():
            raise unknown_profile(name, self.names())
        if name in profile_names():
            return ProfileText(name=name, source=f"{name}.toml", shipped=True, text=shipped_text(name))
        path = self._path(name)
        return ProfileText(name=name, source=str(path), shipped=False, text=read_profile_file(path))

    def load(self, name: str) -> Profile:
        """Raises ConfigError."""
        found = self.text(name)
        return parse_profile(found.text, source=found.source, name=name)

    def stamp(self, name: str) -> Stamp | None:
        """What tells one version of the operator's file from another; None for the product's, and if there is none."""
        if not is_profile_name(name) or name in profile_names():
            return None
        try:
            status = self._path(name).stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns

    def store(self, name: str, text: str) -> Profile:
        """Keep an operator's profile, whole or not at all. Raises ConfigError if wrong, ShippedProfile, OSError."""
        if name in profile_names():
            raise ShippedProfile(name)
        if not is_profile_name(name):
            raise unknown_profile(name, self.names())
        data = text.encode()
        if len(data) > MAX_BYTES:
            raise _unreadable(f"{name}.toml", f"more than {MAX_BYTES} bytes")
        profile = parse_profile(text, source=f"{name}.toml", name=name)
        self.directory.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=self.directory, prefix=f".{name}-", suffix=".new")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).replace(self._path(name))
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        return profile

    def _path(self, name: str) -> Path:
        assert is_profile_name(name)
        return self.directory / f"{name}.toml"


def read_profile_file(path: Path) -> str:
    """The text of a file, a byte order mark left out (Windows' editor writes one). Raises ConfigError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _unreadable(str(path), f"more than {MAX_BYTES} bytes")
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(str(path), str(error)) from None


def _unreadable(source: str, why: str) -> ConfigError:
    message = Words(f"không đọc được: {why}", f"cannot be read: {why}")
    return ConfigError([ConfigProblem(source=source, line=0, key="(file)", value="", message=message)])
