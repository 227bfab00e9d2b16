"""From what was measured, signed and waived to a verdict on an endpoint (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from config.preflight import Limits
from reception.preflight_checks import DISTURBED, LOAD, Check, Item, Standard, Value, Verdict, checks_for, judge

WHOLE = "*"  # a waiver of everything
SAME_RUN = timedelta(minutes=2)
SITE, CENTRE = "site", "centre"  # whose signature stands under the result
_SEVERITY = (Verdict.PASS, Verdict.WARN, Verdict.NOT_MEASURED, Verdict.FAIL)


class PreflightState(StrEnum):
    """Of an endpoint as a whole. A session goes live with none that is FAIL or MISSING."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    MISSING = "missing"
    WAIVED = "waived"


READY = frozenset({PreflightState.PASS, PreflightState.WARN, PreflightState.WAIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """A value that somebody's page, or the server, measured."""

    key: str
    value: Value
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """An answer to a check that cannot be measured (`check` is its key, `answer` yes, no or na), or the name under the
    whole (`check` is SITE or CENTRE).
    """

    check: str
    name: str
    at: datetime
    answer: str = "yes"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Who answers for going on without an item (or, with WHOLE, without all), and why."""

    item: str
    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that is known of one endpoint; of several values of one key the newest counts."""

    standard: Standard
    measurements: Sequence[Measurement] = ()
    signatures: Sequence[Signature] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A check with its value. `expired`: there was one, and it is too old."""

    check: Check
    verdict: Verdict
    value: Value | None = None
    at: datetime | None = None
    by: str = ""
    note: str = ""
    limits: Limits | None = None
    expired: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """An item: the worst of its checks, and who waived it."""

    item: Item
    verdict: Verdict
    checks: tuple[CheckResult, ...]
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The whole. `site`, `centre`: the signatures under it. `expires_at`: when its first required result is too old."""

    state: PreflightState
    items: tuple[ItemResult, ...]
    site: Signature | None = None
    centre: Signature | None = None
    expires_at: datetime | None = None


def assess(results: Results, waivers: Iterable[Waiver], *, now: datetime) -> Assessment:
    """The verdict on an endpoint, item by item. `now` and all times are aware of their zone."""
    standard = results.standard
    valid = timedelta(hours=standard.settings.valid_hours)
    values = _newest(results)
    by_item: dict[Item, list[CheckResult]] = {}
    for check in checks_for(standard):
        by_item.setdefault(check.item, []).append(_check(check, values, standard, now - valid))
    waived = {waiver.item: waiver for waiver in sorted(waivers, key=lambda each: each.at)}
    items = tuple(
        ItemResult(
            item=item,
            verdict=_worst(found),
            checks=tuple(found),
            waiver=(waived.get(item) or waived.get(WHOLE)) if _worst(found) in _BAD else None,
        )
        for item, found in by_item.items()
    )
    signed = {
        each.check: each for each in sorted(results.signatures, key=lambda each: each.at) if each.at > now - valid
    }
    required = [each.at for found in by_item.values() for each in found if each.check.required and each.at]
    return Assessment(
        state=_overall(items, signed.get(SITE), waived.get(WHOLE)),
        items=items,
        site=signed.get(SITE),
        centre=signed.get(CENTRE),
        expires_at=min(required) + valid if required else None,
    )


def state_of(results: Results, waivers: Iterable[Waiver], now: datetime) -> PreflightState:
    """The same in a word, for who guards the way to going live."""
    return assess(results, waivers, now=now).state


class StateJudge:
    """state_of for many endpoints of one standard: what does not depend on the endpoint is looked up once."""

    def __init__(self, standard: Standard) -> None:
        self._standard = standard
        self._valid = timedelta(hours=standard.settings.valid_hours)
        self._by_item: dict[Item, list[tuple[Check, Limits | None]]] = {}
        for check in checks_for(standard):
            limits = check.limits(standard) if check.limits else None
            self._by_item.setdefault(check.item, []).append((check, limits))

    def state(
        self,
        measurements: Sequence[Measurement],
        signatures: Sequence[Signature],
        waivers: Iterable[Waiver],
        *,
        now: datetime,
    ) -> PreflightState:
        """As state_of says of these results."""
        oldest = now - self._valid
        values = _newest(Results(standard=self._standard, measurements=measurements, signatures=signatures))
        waived = {waiver.item for waiver in waivers}
        verdicts, left_out = set(), False
        for item, checks in self._by_item.items():
            worst = self._worst(checks, values, oldest)
            if worst in _BAD and (item in waived or WHOLE in waived):
                left_out = True
            else:
                verdicts.add(worst)
        signed = any(each.check == SITE and each.at > oldest for each in signatures)
        return _overall_of(verdicts, left_out=left_out, signed=signed, whole=WHOLE in waived)

    def _worst(
        self,
        checks: Sequence[tuple[Check, Limits | None]],
        values: Mapping[str, Measurement | Signature],
        oldest: datetime,
    ) -> Verdict:
        worst = Verdict.PASS
        for check, limits in checks:
            found = values.get(check.key)
            if found is not None and found.at > oldest:
                value = found.answer if isinstance(found, Signature) else found.value
                verdict = judge(check, value, self._standard, limits=limits)
                if verdict is Verdict.FAIL and check.key in DISTURBED and _disturbed(found.at, values.get(LOAD)):
                    verdict = Verdict.WARN
            elif check.required:
                verdict = Verdict.NOT_MEASURED
            else:
                continue
            if _SEVERITY.index(verdict) > _SEVERITY.index(worst):
                worst = verdict
        return worst


_BAD = frozenset({Verdict.FAIL, Verdict.NOT_MEASURED})


def _newest(results: Results) -> dict[str, Measurement | Signature]:
    found: dict[str, Measurement | Signature] = {}
    for measurement in sorted(results.measurements, key=lambda each: each.at):
        found[measurement.key] = measurement
    for signature in sorted(results.signatures, key=lambda each: each.at):
        found[signature.check] = signature
    return found


def _check(
    check: Check, values: dict[str, Measurement | Signature], standard: Standard, oldest: datetime
) -> CheckResult:
    limits = check.limits(standard) if check.limits else None
    found = values.get(check.key)
    if found is None:
        return CheckResult(check=check, verdict=Verdict.NOT_MEASURED, limits=limits)
    signed = isinstance(found, Signature)
    value = found.answer if isinstance(found, Signature) else found.value
    expired = found.at <= oldest
    verdict = Verdict.NOT_MEASURED if expired else judge(check, value, standard)
    if verdict is Verdict.FAIL and check.key in DISTURBED and _disturbed(found.at, values.get(LOAD)):
        verdict = Verdict.WARN
    return CheckResult(
        check=check,
        verdict=verdict,
        value=value,
        at=found.at,
        by=found.name if isinstance(found, Signature) else found.by,
        note=found.note if isinstance(found, Signature) and signed else "",
        limits=limits,
        expired=expired,
    )


def _disturbed(at: datetime, load: Measurement | Signature | None) -> bool:
    """Whether it was measured while the server or the endpoint's computer was busy: then it proves no bad line."""
    if not isinstance(load, Measurement) or load.value == "free":
        return False
    return abs(load.at - at) <= SAME_RUN


def _worst(found: Sequence[CheckResult]) -> Verdict:
    """What is not required and not there does not count."""
    verdicts = [each.verdict for each in found if each.check.required or each.verdict is not Verdict.NOT_MEASURED]
    return max(verdicts, key=_SEVERITY.index, default=Verdict.PASS)


def _overall(items: Sequence[ItemResult], site: Signature | None, whole: Waiver | None) -> PreflightState:
    open_items = [each for each in items if each.waiver is None]
    verdicts = {each.verdict for each in open_items}
    left_out = len(open_items) < len(items)
    return _overall_of(verdicts, left_out=left_out, signed=site is not None, whole=whole is not None)


def _overall_of(verdicts: Collection[Verdict], *, left_out: bool, signed: bool, whole: bool) -> PreflightState:
    """verdicts: of items that were not left out by a waiver. whole: there is a waiver of everything."""
    if Verdict.FAIL in verdicts:
        return PreflightState.FAIL
    if Verdict.NOT_MEASURED in verdicts or not (signed or whole):
        return PreflightState.MISSING
    if left_out or (whole and not signed):
        return PreflightState.WAIVED
    return PreflightState.WARN if Verdict.WARN in verdicts else PreflightState.PASS
