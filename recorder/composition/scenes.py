"""Who is on the picture when, and who is large (pure).

The large one is whoever speaks; a screen that is shared before that. What is to come is known, so the picture follows a
speaker from the first word, but not one who says a word only (hysteresis). Times in seconds from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

CONFIRM_S = 1.2  # who has the floor for less is not followed: a cough, an "yes"
HOLD_S = 3.0  # the picture changes at most this often
REJOIN_S = 10.0  # who is back within this keeps the place


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """A stretch of time in which there is something of an endpoint. `tile` names its place: the endpoint, and "screen"
    or "camera2" apart."""

    tile: str
    endpoint_id: str
    from_s: float
    until_s: float
    screen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Between two changes. `tiles`: the first is the large one; `speaker`: the endpoint that has the floor, or ""."""

    from_s: float
    until_s: float
    tiles: tuple[str, ...]
    speaker: str


def plan(presences: Iterable[Presence], speaks: Sequence[tuple[float, str]], *, length_s: float) -> list[Scene]:
    """The scenes from 0 to `length_s`, without a hole. speaks: (since when, endpoint) in order of time."""
    stretches = joined(presences)
    turns = floor(speaks, length_s=length_s)
    moments = {0.0, length_s, *(at for at, _ in turns)}
    moments |= {moment for each in stretches for moment in (each.from_s, each.until_s)}
    cuts = sorted(moment for moment in moments if 0 <= moment <= length_s)
    scenes: list[Scene] = []
    order: list[str] = []
    for from_s, until_s in pairwise(cuts):
        present = [each for each in stretches if each.from_s <= from_s < each.until_s]
        speaker = next((who for at, who in reversed(turns) if at <= from_s), "")
        order = _arranged(order, present, speaker)
        scene = Scene(from_s=from_s, until_s=until_s, tiles=tuple(order), speaker=speaker)
        if scenes and (scenes[-1].tiles, scenes[-1].speaker) == (scene.tiles, scene.speaker):
            scene = Scene(from_s=scenes.pop().from_s, until_s=until_s, tiles=scene.tiles, speaker=speaker)
        scenes.append(scene)
    return scenes


def joined(presences: Iterable[Presence]) -> list[Presence]:
    """Stretches of one tile that follow each other within REJOIN_S are one; in order of appearance."""
    by_tile: dict[str, list[Presence]] = {}
    for each in sorted(presences, key=lambda presence: presence.from_s):
        before = by_tile.setdefault(each.tile, [])
        if before and each.from_s - before[-1].until_s <= REJOIN_S:
            last = before.pop()
            each = Presence(
                tile=each.tile,
                endpoint_id=each.endpoint_id,
                from_s=last.from_s,
                until_s=max(last.until_s, each.until_s),
                screen=each.screen,
            )
        before.append(each)
    return sorted((each for stretches in by_tile.values() for each in stretches), key=lambda each: each.from_s)


def floor(speaks: Sequence[tuple[float, str]], *, length_s: float) -> list[tuple[float, str]]:
    """The turns that the picture follows."""
    turns: list[tuple[float, str]] = []
    for index, (at, who) in enumerate(speaks):
        until = next((later for later, other in speaks[index + 1 :] if other != who), length_s)
        start = max(at, turns[-1][0] + HOLD_S) if turns else at
        if not turns or (turns[-1][1] != who and until - start >= CONFIRM_S):
            turns.append((start, who))
    return turns


def _arranged(order: Sequence[str], present: Sequence[Presence], speaker: str) -> list[str]:
    """Everybody keeps the place; who becomes large changes places with who was."""
    tiles = [each.tile for each in present]
    arranged = [tile for tile in order if tile in tiles]
    arranged += [tile for tile in tiles if tile not in arranged]
    large = _large(present, speaker)
    if large in arranged:
        place = arranged.index(large)
        arranged[0], arranged[place] = arranged[place], arranged[0]
    return arranged


def _large(present: Sequence[Presence], speaker: str) -> str:
    screens = [each.tile for each in present if each.screen]
    if screens:
        return screens[-1]
    return next((each.tile for each in present if each.endpoint_id == speaker), "")
