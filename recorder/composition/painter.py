"""Paints output picture after output picture: who is to be seen, where, with which words."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import av

from recorder.composition.canvas import Canvas, clock, name_plate, notice
from recorder.composition.grid import Rect, cells
from recorder.composition.pictures import TrackPictures
from recorder.composition.scenes import Presence, Scene, plan
from recorder.happenings import timeline_of
from recorder.track_source import Sources, TrackSource

CAMERA_STALE_S = 2.0  # a picture older than this is not shown any more
SCREEN_STALE_S = 12.0  # a screen on which nothing moves sends few
SOUND_ONLY, NO_PICTURE, PAUSED = "Chỉ có tiếng", "Không có hình", "Buổi tiếp tạm dừng"
NOTHING = "Không có bản ghi trong khoảng này"


@dataclass(slots=True)
class _Track:
    """One track with a picture, and between which output pictures it is looked at."""

    pictures: TrackPictures
    from_number: int
    until_number: int


@dataclass(slots=True)
class _Tile:
    """A place's content."""

    title: str
    endpoint_id: str
    has_video: bool
    tracks: list[_Track] = field(default_factory=list)
    covered: tuple[Rect | None, Rect] | None = None  # what of which place the last picture covered


class Painter:
    """Call `paint` with 0, 1, 2, …"""

    def __init__(self, sources: Sources, *, width: int, height: int, fps: int) -> None:
        self._fps = fps
        self._start_ms = sources.entry.start_ms
        self._canvas = Canvas(width, height)
        self._scenes = scenes_of(sources)
        self._numbers = [round(scene.from_s * fps) for scene in self._scenes]
        self._places = [_places(scene, width, height) for scene in self._scenes]
        self._tiles: dict[str, _Tile] = {}
        for track in sources.tracks:
            self._add(track)
        self._scene = -1
        entry = sources.entry
        timeline = timeline_of(entry.events, entry.gaps, start_ms=entry.start_ms, end_ms=entry.end_ms)
        self._pauses = [(each.start_s * fps, each.end_s * fps) for each in timeline.pauses]

    def _add(self, track: TrackSource) -> None:
        tile = self._tiles.setdefault(track.tile, _Tile(track.title, track.endpoint_id, has_video=False))
        if not track.video:
            return
        tile.has_video = True
        stale_s = SCREEN_STALE_S if track.source == "screen" else CAMERA_STALE_S
        places = [(number, places.get(track.tile)) for number, places in zip(self._numbers, self._places, strict=True)]
        pictures = TrackPictures(track.open, places, offset_s=track.offset_s, fps=self._fps, stale_s=stale_s)
        first = math.floor((track.offset_s - 1.0) * self._fps)
        last = math.ceil((track.until_s + stale_s) * self._fps) + 1
        tile.tracks.append(_Track(pictures, first, last))

    def paint(self, number: int) -> av.VideoFrame:
        """The output picture."""
        fresh = False
        while self._scene + 1 < len(self._numbers) and self._numbers[self._scene + 1] <= number:
            self._scene += 1
            fresh = True
        if fresh:
            self._begin_scene()
        scene, places = self._scenes[self._scene], self._places[self._scene]
        for name, place in places.items():
            tile = self._tiles[name]
            speaks = len(places) > 1 and tile.endpoint_id == scene.speaker
            self._paint_tile(tile, place, number, fresh=fresh, speaks=speaks)
        self._canvas.lay_plate(clock(self._start_ms + number * 1000 // self._fps, self._canvas.height), 8, 8)
        return self._canvas.frame(number, self._fps)

    def _begin_scene(self) -> None:
        whole = Rect(0, 0, self._canvas.width, self._canvas.height)
        self._canvas.clear(whole)
        if not self._places[self._scene]:
            self._canvas.lay_plate(*notice(NOTHING, whole))

    def _paint_tile(self, tile: _Tile, place: Rect, number: int, *, fresh: bool, speaks: bool) -> None:
        changed = False
        newest = None
        for track in tile.tracks:
            if track.from_number <= number <= track.until_number:
                changed = track.pictures.at(number) or changed
                shown = track.pictures.shown
                if shown is not None and shown.planes is not None and shown.place is not None:
                    newest = shown
            elif number > track.until_number:
                track.pictures.close()
        if not (changed or fresh):
            return
        if newest is None or newest.planes is None or newest.place is None:
            self._canvas.clear(place)
            self._canvas.lay_plate(*notice(self._reason(tile, number), place))
            tile.covered = None
        else:
            if not fresh and tile.covered != (newest.place, place):
                self._canvas.clear(place)
            self._canvas.lay(newest.planes, newest.place.x, newest.place.y)
            tile.covered = newest.place, place
        self._canvas.lay_plate(*name_plate(tile.title, place, speaks=speaks))

    def _reason(self, tile: _Tile, number: int) -> str:
        """Why there is no picture."""
        if any(start <= number < end for start, end in self._pauses):
            return PAUSED
        return NO_PICTURE if tile.has_video else SOUND_ONLY

    def close(self) -> None:
        """End the threads."""
        for tile in self._tiles.values():
            for track in tile.tracks:
                track.pictures.close()


def scenes_of(sources: Sources) -> list[Scene]:
    """From who was there and who had the floor."""
    presences = [
        Presence(
            tile=track.tile,
            endpoint_id=track.endpoint_id,
            from_s=track.offset_s,
            until_s=track.until_s,
            screen=track.source == "screen",
        )
        for track in sources.tracks
    ]
    start_ms = sources.entry.start_ms
    speaks = sorted(
        ((int(event["at_ms"]) - start_ms) / 1000, str(event.get("endpoint_id", "")))
        for event in sources.entry.events
        if event.get("kind") == "speak"
    )
    return plan(presences, speaks, length_s=sources.length_s)


def _places(scene: Scene, width: int, height: int) -> dict[str, Rect]:
    return dict(zip(scene.tiles, cells(len(scene.tiles), width, height), strict=True))
