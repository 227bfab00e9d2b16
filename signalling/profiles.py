"""The profiles of running sessions: a changed file is taken up; a wrong one is not, and the running profile stays."""

from __future__ import annotations

import structlog

from config.library import ProfileLibrary, Stamp
from config.problems import ConfigError
from config.profile import Profile, load_profile

LAST_RESORT = "30-5"

log = structlog.get_logger("signalling")


class RunningProfiles:
    """What `get` gives for a name is the same object until the profile's file has changed."""

    def __init__(self, library: ProfileLibrary, *, default: str) -> None:
        self.library = library
        self._default = default
        self._good: dict[str, Profile] = {}
        self._seen: dict[str, Stamp | None] = {}
        self._faults: dict[str, ConfigError] = {}

    def get(self, name: str) -> Profile:
        """The profile of this name as it was last when it was right; if it never was, the default one."""
        stamp = self.library.stamp(name)
        if name not in self._seen or stamp != self._seen[name]:
            self._seen[name] = stamp
            self._read(name)
        return self._good.get(name) or self._fallback(name)

    def fault(self, name: str) -> str:
        """Why the profile's present file is not in force; "" if it is."""
        fault = self._faults.get(name)
        return str(fault) if fault is not None else ""

    def _read(self, name: str) -> None:
        try:
            self._good[name] = self.library.load(name)
        except ConfigError as error:
            self._faults[name] = error
            log.error("a profile is not taken; the running one stays", profile=name, fault=str(error))
        else:
            self._faults.pop(name, None)

    def _fallback(self, name: str) -> Profile:
        if name != self._default:
            return self.get(self._default)
        return self._good.setdefault(name, load_profile(LAST_RESORT))
