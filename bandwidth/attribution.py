"""Whose line is it? From what is measured each second to one verdict for each endpoint in trouble.

The rules, first match wins, for each group of symptoms (the way to the endpoint, the way from it, contact):

1. The server's timer stood still and the trouble began no earlier: the server.
2. Trouble that most endpoints feel in the same seconds: the line that all of them share, the site's. Who is far worse
   than the others has trouble of its own besides.
3. Else: the endpoint's own line. The more others are fine meanwhile, the surer.

What the browser says of its encoder, decoder and camera is the device's, whatever the lines do. A verdict comes after
RAISE_S of trouble and stays HOLD_S after it, so that nothing flickers.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median

from bandwidth.attribution_facts import Cause, Contact, EndpointFacts, ServerFacts, Symptom, Verdict
from bandwidth.remedies import numbers_of, remedy_for
from bandwidth.symptoms import (
    CONTACT,
    DEVICE,
    DOWN,
    EVIDENCE_S,
    UP,
    WINDOW_S,
    Severities,
    receives,
    sends,
    strained,
    strained_up,
    symptoms_of,
)

RAISE_S = 4.0
CHANGE_S = 2.0  # so long another cause stands before what was told is taken back for it
RECOVERY_S = 10.0  # who is the last to recover from a shared trouble has no bad line of its own
HOLD_S = 8.0
MISSED_S = 1.5  # a second that was not measured does not begin the raising anew
MOST = 0.6  # of the endpoints measured
JOINT_SECONDS = 2  # in which most were strained together, within EVIDENCE_S: a shared queue is felt by all at once
FAR_WORSE = 3.0  # than the middle of the others: beside a shared trouble one of its own
LOST_TOGETHER_S = 10.0
STALL_S = 0.25  # five times the timer's interval
LONG_STALL_S = 1.0  # one is enough; of shorter ones STALL_SECONDS
STALL_SECONDS = 3
STALL_BEFORE_S = 3.0  # trouble that is older than this before the stall is not the stall's
RECOVERING = 0.6
DEVICES_WORD = 0.85  # a browser knows its own encoder
ESTIMATE_FELL = 0.93  # of the second before, and with some queue: an estimate that begins anew falls without
FALL_QUEUE_S = 0.010


class _Course:
    """What is remembered of one endpoint."""

    __slots__ = ("contact_since_s", "limit_shown_s", "severities", "shared_s", "window")

    def __init__(self) -> None:
        self.window: deque[EndpointFacts] = deque(maxlen=WINDOW_S)
        self.severities: Severities = {}
        self.limit_shown_s = -EVIDENCE_S
        self.contact_since_s = 0.0
        self.shared_s = -math.inf

    def add(self, facts: EndpointFacts, now: float) -> None:
        before = self.window[-1] if self.window else None
        if before is None or facts.contact is not before.contact:
            self.contact_since_s = now
        fell = before is not None and facts.estimate_bps < ESTIMATE_FELL * before.estimate_bps
        if strained(facts) or (fell and facts.queue_s >= FALL_QUEUE_S):
            self.limit_shown_s = now
        self.window.append(facts)
        self.severities = symptoms_of(self.window, limit_shown=now - self.limit_shown_s < EVIDENCE_S)

    @property
    def recovers(self) -> bool:
        """Whether all that its line has shown since was shown while the shared line was in trouble."""
        return self.limit_shown_s <= self.shared_s

    def measures(self, group: frozenset[Symptom]) -> bool:
        """Whether the endpoint would feel a group of symptoms now."""
        newest = self.window[-1]
        return group is CONTACT or (sends(newest) if group is UP else receives(newest))

    def worst(self, group: frozenset[Symptom], keep: Symptom | None = None) -> tuple[Symptom, float] | None:
        """The worst symptom of a group that is trouble, or the one told already if it still is."""
        trouble = {symptom: severity for symptom, severity in self.severities.items() if symptom in group}
        if keep is not None and trouble.get(keep, 0.0) >= 1:
            return keep, trouble[keep]
        worst = max(trouble.items(), key=lambda item: item[1], default=None)
        return worst if worst is not None and worst[1] >= 1 else None


@dataclass(slots=True)
class _Active:
    """A verdict that is being raised, stands, or is held."""

    verdict: Verdict
    last_true_s: float
    raised: bool = False
    other_since_s: float | None = None  # since when the judgement names another cause


Key = tuple[str, frozenset[Symptom]]
Found = tuple[Key, Verdict]


class Attributor:
    """Fed once a second with everybody's facts; `verdicts` is what to tell, the oldest of each endpoint first."""

    def __init__(self) -> None:
        self._courses: dict[str, _Course] = {}
        self._active: dict[Key, _Active] = {}
        self._joint: dict[frozenset[Symptom], deque[float]] = {DOWN: deque(), UP: deque()}
        self._delays: deque[tuple[float, float]] = deque(maxlen=WINDOW_S)
        self._stall_since_s: float | None = None
        self.verdicts: list[Verdict] = []

    def update(self, endpoints: Mapping[str, EndpointFacts], server: ServerFacts, *, now: float) -> list[Verdict]:
        """The verdicts now. endpoints: of all sessions that share the site's line; who left on purpose is not in it."""
        self.add(endpoints, now=now)
        return self.conclude(endpoints, server, now=now)

    def add(self, endpoints: Mapping[str, EndpointFacts], *, now: float) -> None:
        """Some endpoints' facts of this second, where not all are at hand at once; then `conclude` with all of them."""
        for name, facts in endpoints.items():
            self._courses.setdefault(name, _Course()).add(facts, now)

    def conclude(self, endpoints: Mapping[str, EndpointFacts], server: ServerFacts, *, now: float) -> list[Verdict]:
        """The second half of `update`."""
        for name in [each for each in self._courses if each not in endpoints]:
            del self._courses[name]
        self._note_joint(endpoints.values(), now)
        self._note_stall(server, now)
        for key, verdict in self._judge(endpoints, server, now):
            self._take(key, verdict, now)
        self._active = {
            key: active
            for key, active in self._active.items()
            if now - active.last_true_s < (HOLD_S if active.raised else MISSED_S)
            and (not key[0] or key[0] in self._courses)
        }
        raised = [active.verdict for active in self._active.values() if active.raised]
        self.verdicts = sorted(raised, key=lambda verdict: (verdict.endpoint, verdict.since_s))
        return self.verdicts

    def _take(self, key: Key, verdict: Verdict, now: float) -> None:
        """Raise, keep or change what is told."""
        active = self._active.setdefault(key, _Active(verdict, now))
        active.last_true_s = now
        if verdict.cause is active.verdict.cause:
            active.other_since_s = None
            active.verdict = replace(verdict, since_s=active.verdict.since_s)
        else:
            active.other_since_s = now if active.other_since_s is None else active.other_since_s
            wait = RECOVERY_S if verdict.cause is Cause.ENDPOINT_LINE else CHANGE_S
            if not active.raised or now - active.other_since_s >= wait:
                active.verdict, active.other_since_s = verdict, None
        active.raised = active.raised or now - active.verdict.since_s >= RAISE_S

    def _note_joint(self, endpoints: Iterable[EndpointFacts], now: float) -> None:
        everybody = list(endpoints)
        for group, uses, sign in ((DOWN, receives, strained), (UP, sends, strained_up)):
            seconds = self._joint[group]
            users = [each for each in everybody if uses(each)]
            if len(users) >= 2 and sum(map(sign, users)) >= MOST * len(users):
                seconds.append(now)
            while seconds and now - seconds[0] > EVIDENCE_S:
                seconds.popleft()

    def _note_stall(self, server: ServerFacts, now: float) -> None:
        self._delays.append((now, server.delay_s))
        late = [at for at, delay in self._delays if delay >= STALL_S]
        long = any(delay >= LONG_STALL_S for _, delay in self._delays)
        if not long and len(late) < STALL_SECONDS:
            self._stall_since_s = None
        elif self._stall_since_s is None:
            self._stall_since_s = late[0] - server.delay_s

    # --- judging ---

    def _judge(self, endpoints: Mapping[str, EndpointFacts], server: ServerFacts, now: float) -> Iterable[Found]:
        if self._stall_since_s is not None:
            yield _found("", Cause.SERVER, Symptom.STALLED, 0.9, now, {"delay_ms": self._worst_delay_ms})
        here = [each for each in endpoints.values() if each.contact is Contact.HERE]
        refused = [each.send_failures for each in here if each.send_failures]
        if refused and len(refused) >= MOST * len(here):
            yield _found("", Cause.SERVER, Symptom.CANNOT_SEND, 0.9, now, {"packets": float(sum(refused))})
        for group in (CONTACT, DOWN, UP):
            yield from self._shared(group, server, now)
        for name, course in self._courses.items():
            yield from self._own_facts(name, course, server, now)

    def _spread(self, group: frozenset[Symptom]) -> "_Spread":
        measured = {name: course for name, course in self._courses.items() if course.measures(group)}
        feeling = [name for name, course in measured.items() if course.severities.keys() & group]
        if group is CONTACT:
            since = [measured[name].contact_since_s for name in feeling]
            joint = bool(since) and max(since) - min(since) <= LOST_TOGETHER_S
        else:
            joint = len(self._joint[group]) >= JOINT_SECONDS
        return _Spread(group, measured, feeling, joint)

    def _shared(self, group: frozenset[Symptom], server: ServerFacts, now: float) -> Iterable[Found]:
        """A group of symptoms that an endpoint's line, the site's line or the server may bring about."""
        spread = self._spread(group)
        for name in spread.feeling:
            told, course = self._active.get((name, group)), spread.measured[name]
            worst = course.worst(group, told.verdict.symptom if told else None)
            if worst is None:
                continue
            symptom, severity = worst
            numbers = numbers_of(symptom, course.window) | spread.numbers | _line_numbers(server)
            began = told.verdict.since_s if told else now
            if self._stall_since_s is not None and began >= self._stall_since_s - STALL_BEFORE_S:
                numbers["delay_ms"] = self._worst_delay_ms
                yield _found(name, Cause.SERVER, symptom, 0.9 if spread.most else 0.6, now, numbers, group)
            elif spread.most and not spread.far_worse(name, severity):
                course.shared_s = now
                yield _found(name, Cause.SITE_LINE, symptom, spread.sureness_of_site, now, numbers, group)
            elif symptom is Symptom.SLOW_DOWN and course.recovers:
                yield _found(name, Cause.SITE_LINE, symptom, RECOVERING, now, numbers, group)
            else:
                yield _found(name, Cause.ENDPOINT_LINE, symptom, spread.sureness_of_own(name), now, numbers, group)

    def _own_facts(self, name: str, course: _Course, server: ServerFacts, now: float) -> Iterable[Found]:
        """What needs no comparison: the device's own word, and the site's budget as it was shared out."""
        told = self._active.get((name, DEVICE))
        worst = course.worst(DEVICE, told.verdict.symptom if told else None)
        sure = DEVICES_WORD
        if worst is not None and worst[0] is Symptom.VOICE_GAPS:
            sure = self._sureness_of_gaps(name)
        if worst is not None and sure:
            yield _found(name, Cause.DEVICE, worst[0], sure, now, numbers_of(worst[0], course.window), DEVICE)
        newest = course.window[-1]
        if newest.contact is Contact.HERE and fmean(each.paused_for_site for each in course.window) >= 0.5:
            numbers = {"pictures": float(newest.paused_for_site)} | _line_numbers(server)
            yield _found(name, Cause.SITE_LINE, Symptom.FULL, 0.95, now, numbers)

    def _sureness_of_gaps(self, name: str) -> float:
        """How sure it is that gaps in the voices are the listener's device's, 0: not at all.

        A talker's lossy line or busy computer makes gaps for all who listen, and a stalled server too.
        """
        others = [course.severities for each, course in self._courses.items() if each != name]
        hearing = sum(Symptom.VOICE_GAPS in each for each in others)
        if self._stall_since_s is not None or any(Symptom.LOSS_UP in each for each in others):
            return 0.0
        if not others or hearing + 1 >= max(2, MOST * (len(others) + 1)):
            return 0.0
        return DEVICES_WORD if len(others) > 1 else 0.5

    @property
    def _worst_delay_ms(self) -> float:
        return 1000 * max(delay for _, delay in self._delays)


@dataclass(frozen=True, slots=True)
class _Spread:
    """Who feels a group of symptoms, among those who would. joint: in the same seconds."""

    group: frozenset[Symptom]
    measured: Mapping[str, _Course]
    feeling: Sequence[str]
    joint: bool

    @property
    def most(self) -> bool:
        """Whether a line that all share explains it."""
        return self.joint and len(self.feeling) >= 2 and len(self.feeling) >= MOST * len(self.measured)

    @property
    def numbers(self) -> dict[str, float]:
        """For the sentence."""
        newest = [each.window[-1] for each in self.measured.values()]
        return {
            "troubled": float(len(self.feeling)),
            "measured": float(len(self.measured)),
            "carried_all_bps": math.fsum(each.down_bps * (1 - each.loss_down) for each in newest),
            "up_all_bps": math.fsum(each.up_bps for each in newest),
        }

    def far_worse(self, name: str, severity: float) -> bool:
        """Whether one is beyond what the others feel of a shared trouble; lost contact knows no degrees."""
        others = [self.measured[each].severities for each in self.feeling if each != name]
        felt = [max(each.get(symptom, 0.0) for symptom in self.group) for each in others]
        return self.group is not CONTACT and bool(felt) and severity >= FAR_WORSE * median(felt)

    @property
    def sureness_of_site(self) -> float:
        """Two may be a coincidence."""
        return {2: 0.55, 3: 0.75}.get(len(self.measured), 0.9)

    def sureness_of_own(self, name: str) -> float:
        """The more others share the site's line and are fine, the surer; alone it cannot be told from the site's."""
        others = len(self.measured) - 1
        if others == 0:
            return 0.5
        fine = others - sum(each != name for each in self.feeling)
        return 0.6 + 0.35 * (fine / others) * min(others, 3) / 3


def _line_numbers(server: ServerFacts) -> dict[str, float]:
    return {"used_bps": float(server.used_bps), "limit_bps": float(server.limit_bps)}


def _found(
    endpoint: str,
    cause: Cause,
    symptom: Symptom,
    confidence: float,
    now: float,
    numbers: dict[str, float],
    group: frozenset[Symptom] | None = None,
) -> Found:
    verdict = Verdict(
        endpoint=endpoint,
        cause=cause,
        symptom=symptom,
        confidence=confidence,
        remedy=remedy_for(cause, symptom),
        since_s=now,
        numbers=numbers,
    )
    return (endpoint, group or frozenset({symptom})), verdict
