from pathlib import Path

import pytest

from recorder.storage.speed import WriteSpeed, measure_write_speed


def test_a_disk_is_measured_and_left_as_it_was(tmp_path: Path) -> None:
    found = measure_write_speed(tmp_path / "recordings", megabytes=4)
    assert found.bytes == 4 << 20
    assert found.bytes_per_s > 0
    assert found.worst_sync_ms > 0
    assert list((tmp_path / "recordings").iterdir()) == []


def test_what_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        measure_write_speed(tmp_path / "file")


@pytest.mark.parametrize(("rate", "verdict"), [(999, "too_slow"), (1000, "tight"), (1999, "tight"), (2000, "good")])
def test_twice_what_is_needed_is_good(rate: int, verdict: str) -> None:
    assert WriteSpeed(bytes=1, bytes_per_s=rate, worst_sync_ms=1.0).verdict(1000) == verdict
