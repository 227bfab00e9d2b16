from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.clip import FPS, MTU_PAYLOAD, load_clip, make_clip


def test_a_clip_has_one_key_frame_and_pieces_that_fit(tmp_path: Path) -> None:
    clip = load_clip(1, ("q",), seconds=2, cache=tmp_path)
    frames = clip.video["q"]
    assert len(frames) == 2 * FPS
    assert [index for index, pieces in enumerate(frames) if not pieces[0][0] & 1] == [0]  # P bit 0: a key frame
    assert max(len(piece) for pieces in frames for piece in pieces) <= MTU_PAYLOAD
    assert len(clip.audio) == 50


def test_the_second_time_a_clip_comes_from_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_clip(1, ("q",), seconds=1, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr("benchmarks.clip._encode_all", lambda *_: pytest.fail("encoded again"))
    assert load_clip(1, ("q",), seconds=1, cache=tmp_path) == first


def test_another_clip_is_another_picture(tmp_path: Path) -> None:
    assert make_clip(1, ("q",), seconds=1).video != make_clip(2, ("q",), seconds=1).video
    load_clip(1, ("q",), seconds=1, cache=tmp_path)
    load_clip(2, ("q",), seconds=1, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
