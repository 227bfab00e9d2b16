"""The pictures of one track, decoded and shrunk in a thread (PyAV works outside the interpreter's lock)."""

from __future__ import annotations

import math
import queue
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from recorder.composition.decoding import decoded
from recorder.composition.grid import Rect, fitted
from recorder.composition.plates import Plane

AHEAD = 6  # pictures that wait, each at most 1.4 MB


@dataclass(frozen=True, slots=True)
class Shown:
    """From which output picture on, where, and what; planes None: nothing is to be seen any more."""

    number: int
    place: Rect | None
    planes: tuple[Plane, Plane, Plane] | None
    frame: Any  # keeps the planes' memory


Places = Sequence[tuple[int, Rect | None]]  # (from which output picture on, where the tile lies), in order


class TrackPictures:
    """Call `at` with output pictures in order. Nothing is decoded before the first call."""

    def __init__(self, open_track: Callable[[], Any], places: Places, *, offset_s: float, fps: int, stale_s: float):
        """open_track: gives the opened container; stale_s: a picture older than this is not shown any more."""
        self._open = open_track
        self._places = places
        self._starts = [start for start, _ in places]
        self._offset_s, self._fps = offset_s, fps
        self._stale = math.ceil(stale_s * fps)
        self._queue: queue.Queue[Shown | BaseException | None] = queue.Queue(AHEAD)
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._next: Shown | None = None
        self.shown: Shown | None = None

    def at(self, number: int) -> bool:
        """Bring `shown` to output picture `number`; whether it changed. Raises what decoding raised."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="pictures", daemon=True)
            self._thread.start()
            self._next = self._take()
        changed = False
        while self._next is not None and self._next.number <= number:
            self.shown, changed = self._next, True
            self._next = self._take()
        return changed

    def close(self) -> None:
        """End the thread."""
        self._stopped = True
        while self._thread is not None and self._thread.is_alive():
            try:
                self._queue.get_nowait()
            except queue.Empty:
                self._thread.join(0.01)

    def _take(self) -> Shown | None:
        found = self._queue.get()
        if isinstance(found, BaseException):
            raise found
        return found

    # --- in the thread ---

    def _run(self) -> None:
        try:
            with self._open() as container:
                for shown in self._pictures(container):
                    self._queue.put(shown)
                    if self._stopped:
                        return
            self._queue.put(None)
        except BaseException as error:  # it is the caller's
            self._queue.put(error)

    def _pictures(self, container: Any) -> Iterator[Shown]:
        """Only those that are shown are shrunk: of two for one output picture the later."""
        reformatter = VideoReformatter()
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1  # six tracks are six threads already
        held: tuple[int, Any] | None = None
        for frame in decoded(container, stream):
            if frame.time is None:
                continue
            # The nearest output picture: at most half of one off.
            number = max(0, math.floor((self._offset_s + frame.time) * self._fps + 0.5))
            if held is not None and number > held[0]:
                yield from self._held(reformatter, held, number)
            held = number, frame
        if held is not None:
            yield from self._held(reformatter, held, held[0] + self._stale)
            yield Shown(held[0] + self._stale, None, None, None)

    def _held(self, reformatter: VideoReformatter, held: tuple[int, Any], until: int) -> Iterator[Shown]:
        """One decoded picture, for as long as it is shown: anew wherever its tile moves, gone when it is stale."""
        number, frame = held
        stale = number + self._stale
        at = number
        while at < min(until, stale):
            index = bisect_right(self._starts, at) - 1
            place = self._places[index][1] if index >= 0 else None
            if place is not None:
                yield _shrunk(reformatter, frame, at, place)
            else:
                yield Shown(at, None, None, None)
            at = self._starts[index + 1] if index + 1 < len(self._starts) else until
        if stale < until:
            yield Shown(stale, None, None, None)


def _shrunk(reformatter: VideoReformatter, frame: Any, number: int, place: Rect) -> Shown:
    fit = fitted(frame.width, frame.height, place)
    small = reformatter.reformat(
        frame, fit.width, fit.height, "yuv420p", interpolation=Interpolation.FAST_BILINEAR, threads=1
    )
    planes = tuple(_plane(plane) for plane in small.planes)
    return Shown(number, fit, planes, small)  # type: ignore[arg-type]


def _plane(plane: Any) -> Plane:
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
