"""Who is large when, and where the pictures lie."""

from __future__ import annotations

from itertools import pairwise

import pytest

from recorder.composition.grid import Rect, cells, fitted
from recorder.composition.plates import shortened
from recorder.composition.scenes import CONFIRM_S, HOLD_S, REJOIN_S, Presence, floor, plan
from recorder.moments import absolute_ms, moment_ms


def there(tile: str, from_s: float = 0.0, until_s: float = 100.0, *, screen: bool = False) -> Presence:
    endpoint = tile.split("/")[0]
    return Presence(tile=tile, endpoint_id=endpoint, from_s=from_s, until_s=until_s, screen=screen)


def test_the_picture_follows_a_speaker_from_the_first_word() -> None:
    assert floor([(1.0, "a"), (10.0, "b"), (20.0, "a")], length_s=60) == [(1.0, "a"), (10.0, "b"), (20.0, "a")]


def test_one_word_in_between_is_not_followed() -> None:
    assert floor([(1.0, "a"), (10.0, "b"), (10.0 + CONFIRM_S / 2, "a")], length_s=60) == [(1.0, "a")]


def test_the_picture_does_not_change_more_often_than_it_may() -> None:
    turns = floor([(2.5 * turn, "ab"[turn % 2]) for turn in range(16)], length_s=60)
    assert all(later - before >= HOLD_S for (before, _), (later, _) in pairwise(turns))
    assert len(turns) > 3


def test_who_becomes_large_changes_places_and_the_others_stay() -> None:
    scenes = plan([there("a"), there("b"), there("c"), there("d")], [(0.0, "a"), (10.0, "c")], length_s=20)
    assert [scene.tiles for scene in scenes] == [("a", "b", "c", "d"), ("c", "b", "a", "d")]


def test_a_shared_screen_is_large_while_it_is_there() -> None:
    scenes = plan([there("a"), there("b"), there("b/screen", 5, 15, screen=True)], [(0.0, "a")], length_s=20)
    assert [(scene.from_s, scene.tiles[0]) for scene in scenes] == [(0.0, "a"), (5, "b/screen"), (15, "a")]


def test_who_is_back_soon_keeps_the_place_and_who_is_not_gives_it_up() -> None:
    soon = plan([there("a"), there("b", 0, 10), there("b", 10 + REJOIN_S / 2, 40)], [], length_s=40)
    assert [scene.tiles for scene in soon] == [("a", "b")]
    late = plan([there("a"), there("b", 0, 10), there("b", 11 + REJOIN_S, 40)], [], length_s=40)
    assert [scene.tiles for scene in late] == [("a", "b"), ("a",), ("a", "b")]


@pytest.mark.parametrize("count", range(1, 31))
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (640, 360)])
def test_places_are_even_within_the_picture_and_apart(count: int, size: tuple[int, int]) -> None:
    places = cells(count, *size)
    assert len(places) == count
    taken: set[tuple[int, int]] = set()
    for place in places:
        assert not {place.x % 2, place.y % 2, place.width % 2, place.height % 2} - {0}
        assert place.x + place.width <= size[0]
        assert place.y + place.height <= size[1]
        points = {
            (x, y)
            for x in range(place.x, place.x + place.width, 2)
            for y in range(place.y, place.y + place.height, 2)
            if not (x // 2 + y // 2) % 7
        }
        assert not points & taken
        taken |= points
    assert places[0].width == max(place.width for place in places)


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1280, 720, Rect(0, 0, 640, 360)),
        (640, 480, Rect(80, 0, 480, 360)),
        (360, 640, Rect(220, 0, 202, 360)),
        (1920, 1080, Rect(0, 0, 640, 360)),
    ],
)
def test_a_picture_of_another_shape_keeps_it(width: int, height: int, expected: Rect) -> None:
    assert fitted(width, height, Rect(0, 0, 640, 360)) == expected


def test_a_long_name_is_shortened() -> None:
    assert shortened("Phường Trường Vinh", 100, lambda text: 10 * len(text)) == "Phường Tr…"
    assert shortened("Vinh", 100, lambda text: 10 * len(text)) == "Vinh"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90.5", 1_700_000_090_500),
        ("1:30", 1_700_000_090_000),
        ("1:00:00", 1_700_003_600_000),
        ("2023-11-15T05:13:20", 1_700_000_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000),
    ],
)
def test_times_as_people_write_them(text: str, expected: int) -> None:
    assert moment_ms(text, start_ms=1_700_000_000_000) == expected


def test_what_is_no_time_is_refused_with_what_is_understood() -> None:
    with pytest.raises(ValueError, match="1:30"):
        moment_ms("lúc tám giờ", start_ms=0)


def test_milliseconds_are_from_the_beginning_or_unix() -> None:
    assert absolute_ms(1500, start_ms=1_700_000_000_000) == 1_700_000_001_500
    assert absolute_ms(1_700_000_001_500, start_ms=1_700_000_000_000) == 1_700_000_001_500
