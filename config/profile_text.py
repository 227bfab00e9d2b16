"""A profile's TOML text: checked whole, with the line of every fault and warning."""

from collections.abc import Iterable
from dataclasses import dataclass

from config import profile_checks
from config.problems import ConfigError, ConfigProblem
from config.profile import Profile
from config.toml_text import key_lines, line_of, parse_toml, shown, validate
from config.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProfile:
    """`profile` is None where there are problems; warnings do not keep it from being used."""

    profile: Profile | None
    problems: tuple[ConfigProblem, ...] = ()
    warnings: tuple[ConfigProblem, ...] = ()


def check_profile(text: str, *, source: str, name: str | None = None) -> CheckedProfile:
    """What the text comes to. `name`: the name that it must bear, as its file's."""
    text = text.removeprefix("\ufeff")  # Windows' editor begins with it
    try:
        profile = validate(Profile, parse_toml(text, source=source), text=text, source=source, strict=True)
    except ConfigError as error:
        return CheckedProfile(profile=None, problems=tuple(error.problems))
    problems = _located(profile_checks.faults(profile), text, source)
    if name is not None and profile.name != name:
        must = Words(f'phải là "{name}", như tên của tệp', f'must be "{name}", as the file\'s')
        found = profile_checks.Finding(path=("name",), value=profile.name, message=must)
        problems = (*_located([found], text, source), *problems)
    if problems:
        return CheckedProfile(profile=None, problems=problems)
    return CheckedProfile(profile=profile, warnings=_located(profile_checks.warnings(profile), text, source))


def parse_profile(text: str, *, source: str, name: str | None = None) -> Profile:
    """A profile from TOML text. Raises ConfigError with line, key, value and what is allowed."""
    checked = check_profile(text, source=source, name=name)
    if checked.profile is None:
        raise ConfigError(list(checked.problems))
    return checked.profile


def _located(findings: Iterable[profile_checks.Finding], text: str, source: str) -> tuple[ConfigProblem, ...]:
    lines = key_lines(text)
    return tuple(
        ConfigProblem(
            source=source,
            line=line_of(each.path, lines),
            key=".".join(each.path),
            value=shown(each.value),
            message=each.message,
            allowed=each.allowed,
        )
        for each in findings
    )
