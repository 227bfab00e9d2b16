from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from diemcau.run_directory import MAX_SOCKET_PATH, former_workers_gone, hold_as_worker, run_directory
from diemcau.server import CannotStart


def test_sockets_lie_in_the_data_directory_for_its_owner_alone(tmp_path: Path) -> None:
    with run_directory(tmp_path) as sockets:
        assert sockets == tmp_path / "run"
        assert sockets.stat().st_mode & 0o777 == 0o700


def test_where_the_path_is_too_long_for_a_socket_they_lie_elsewhere_while_the_server_runs(tmp_path: Path) -> None:
    data = tmp_path / ("long" * 25)
    with run_directory(data) as sockets:
        assert len(str(sockets / "worker-63.sock")) <= MAX_SOCKET_PATH
        assert sockets.stat().st_mode & 0o777 == 0o700
    assert not sockets.exists()


def test_one_server_at_a_time_has_the_data_directory(tmp_path: Path) -> None:
    with run_directory(tmp_path), pytest.raises(CannotStart, match="Another server"), run_directory(tmp_path):
        raise AssertionError
    with run_directory(tmp_path):
        pass


async def test_the_next_server_waits_for_the_workers_of_a_killed_one(tmp_path: Path) -> None:
    with run_directory(tmp_path):
        held = [hold_as_worker(tmp_path) for _ in range(2)]
        waiting = asyncio.ensure_future(former_workers_gone(tmp_path))
        for descriptor in held:
            done, _ = await asyncio.wait([waiting], timeout=0.15)
            assert not done
            assert descriptor is not None
            os.close(descriptor)
        await waiting
