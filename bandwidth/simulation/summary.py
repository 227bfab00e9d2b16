"""From what was counted during a run to the figures of its phases and the curves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from bandwidth.simulation.bottleneck import LineState
from bandwidth.simulation.case import SITE
from bandwidth.simulation.result import Curves, EndpointFigures, Phase
from bandwidth.simulation.room import Room
from bandwidth.simulation.samples import SAMPLE_S

SETTLING_S = 5.0  # of a phase are left out of its means; its first half where that is less
T = TypeVar("T", bound=Hashable)


def phases(room: Room) -> Iterable[Phase]:
    """Between two changes of any line."""
    case = room.case
    moments = sorted({change.at_s for change in case.changes if 0 < change.at_s < case.seconds})
    for begin, end in zip([0.0, *moments], [*moments, case.seconds], strict=True):
        settled = begin + min(SETTLING_S, (end - begin) / 2)
        first = min(int(settled / SAMPLE_S), room.samples - 1)
        window = slice(first, max(first + 1, int(end / SAMPLE_S)))
        yield Phase(
            from_s=begin,
            to_s=end,
            settled_s=settled,
            site_up_bps=rate_at(room.lines.states[SITE, True], begin),
            site_used_bps=_rate(site_sent_bytes(room)[window]),
            endpoints=tuple(_figures(room, name, begin, window) for name in case.names),
        )


def site_sent_bytes(room: Room) -> list[int]:
    """What went over the site's line towards the endpoints, by sample."""
    flows = [each.flow.samples.sent_bytes for each in room.subscribers.values()]
    return [sum(column) for column in zip(*flows, strict=True)]


def curves(room: Room, name: str) -> Curves:
    """One endpoint over time."""
    subscriber, up = room.subscribers[name], room.publishers[name].up.samples
    down, states, voices = subscriber.flow.samples, subscriber.states, subscriber.voices
    times = [SAMPLE_S * index for index in range(room.samples)]
    return Curves(
        name=name,
        sends_bps=[_rate([each]) for each in up.sent_bytes],
        gets_bps=[_rate([each]) for each in down.got_bytes],
        estimate_bps=states.estimate_bps,
        line_up_bps=[rate_at(room.lines.states[name, True], at) for at in times],
        line_down_bps=[rate_at(room.lines.states[name, False], at) for at in times],
        stage_height=[height for height, _ in states.stage],
        pictures=states.pictures,
        queue_ms=[round(1000 * wait, 1) for wait in states.queue_s],
        voice_loss=[_share(*pair) for pair in zip(voices.missing, voices.packets, strict=True)],
    )


def rate_at(states: Sequence[LineState], at: float) -> int:
    """What a line carries at a moment."""
    return int([state.rate_bps for state in states if state.since_s <= at + 1e-9][-1])


def _figures(room: Room, name: str, begin: float, window: slice) -> EndpointFigures:
    subscriber = room.subscribers[name]
    down, states, voices = subscriber.flow.samples, subscriber.states, subscriber.voices
    height, motion = _usual(states.stage[window])
    waits = sorted(wait for part in down.waits_s[window] for wait in part)
    return EndpointFigures(
        name=name,
        sends_bps=_rate(room.publishers[name].up.samples.sent_bytes[window]),
        gets_bps=_rate(down.got_bytes[window]),
        line_up_bps=rate_at(room.lines.states[name, True], begin),
        line_down_bps=rate_at(room.lines.states[name, False], begin),
        estimate_bps=int(_mean(states.estimate_bps[window])),
        stage_height=height,
        stage_motion=motion,
        others_height=_usual(states.others[window]),
        pictures=_usual(states.pictures[window]),
        paused=_usual(states.paused[window]),
        voice_loss=_share(sum(voices.missing[window]), sum(voices.packets[window])),
        packet_loss=_share(sum(down.lost[window]), sum(down.packets[window])),
        queue_ms=round(1000 * _mean(states.queue_s[window]), 1),
        queue_p95_ms=round(1000 * waits[int(0.95 * (len(waits) - 1))], 1) if waits else 0.0,
        stage_standstill_s=round(max(subscriber.standstills_s[window]), 2),
    )


def _usual(values: Sequence[T]) -> T:
    return Counter(values).most_common(1)[0][0]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _rate(sample_bytes: Sequence[int]) -> int:
    return int(8 * _mean(sample_bytes) / SAMPLE_S)


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
