"""Copies to a real S3 server: read back, gone on with after it was killed in the middle, never done before that."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from recorder.mirror import mirror
from recorder.storage.copying import check_copy
from recorder.storage.ledger import read_entry
from recorder.storage.s3 import S3Target
from recorder.storage.targets import TargetGone, stored_sha256, target_of
from tests.recorder.made import make_sealed, writable
from tests.recorder.storage.s3_server import S3Server

pytestmark = [pytest.mark.store, pytest.mark.timeout(120)]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return writable(make_sealed(tmp_path_factory.mktemp("original") / "data"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[S3Server]:
    running = S3Server(tmp_path / "s3")
    running.start()
    yield running
    running.kill()


def test_a_recording_in_the_store_is_whole_and_is_read_back(server: S3Server, sealed: Path, tmp_path: Path) -> None:
    target = target_of("s3", server.settings())
    result = mirror(sealed, target, data=tmp_path / "data")
    assert (result.verdict, result.copied) == ("whole", result.files)
    assert not result.safe_to_remove, "there is no disk to remove"
    assert check_copy(target, "s1") == []
    assert mirror(sealed, target, data=tmp_path / "data").copied == 0
    names = target.names("s1")
    assert names == sorted(f"s1/{path.relative_to(sealed).as_posix()}" for path in sealed.rglob("*") if path.is_file())
    for name in names:
        assert server.path(name).read_bytes() == (sealed.parent / name).read_bytes()
    assert read_entry(tmp_path / "data", "s1")["copies"]["s3://diemcau/recordings"]["state"] == "verified"


def test_what_the_store_spoiled_is_found_and_sent_again(server: S3Server, sealed: Path) -> None:
    target = S3Target(server.settings())
    mirror(sealed, target)
    track = next(name for name in target.names("s1") if name.endswith(".webm"))
    spoiled = bytearray(server.path(track).read_bytes())
    spoiled[50] ^= 1
    server.path(track).write_bytes(spoiled)
    assert check_copy(target, "s1") == [track.removeprefix("s1/")]
    assert mirror(sealed, target).copied == 1
    assert check_copy(target, "s1") == []


def test_a_large_file_goes_in_parts(server: S3Server, tmp_path: Path) -> None:
    target = S3Target(server.settings(prefix="x"))
    large = tmp_path / "large"
    large.write_bytes(bytes(range(256)) * (20 << 12))
    target.put(large, "s9/large")
    assert target.size("s9/large") == 20 << 20
    from recorder.chain import file_sha256

    assert stored_sha256(target, "s9/large") == file_sha256(large)
    target.remove("s9/large")
    target.remove("s9/large")
    assert target.size("s9/large") is None


def test_a_store_killed_in_the_middle_has_no_copy_and_the_rest_goes_there_later(
    server: S3Server, sealed: Path, tmp_path: Path
) -> None:
    data, target = tmp_path / "data", S3Target(server.settings(timeout_s=2.0))
    killed = threading.Event()

    def kill(done: int, total: int) -> None:
        if done > total // 3 and not killed.is_set():
            killed.set()
            server.kill()

    with pytest.raises(TargetGone, match="không trả lời"):
        mirror(sealed, target, data=data, on_progress=kill)
    assert killed.is_set()
    copy = read_entry(data, "s1")["copies"]["s3://diemcau/recordings"]
    assert (copy["state"], "verified" in copy.values()) == ("waiting", False)
    assert not server.path("s1/manifest.jsonl").exists(), "what is not whole has no manifest"
    server.start()
    result = mirror(sealed, target, data=data)
    assert result.verdict == "whole"
    assert 0 < result.copied < result.files
    assert check_copy(target, "s1") == []


@pytest.mark.parametrize("wrong", [{"secret_access_key": "wrong"}, {"bucket": "nothing-here"}])
def test_a_store_that_refuses_says_why(server: S3Server, sealed: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(TargetGone, match="store refused"):
        mirror(sealed, S3Target(server.settings(**wrong)))


def test_without_a_store_it_says_what_to_set(tmp_path: Path) -> None:
    from config.storage import S3Settings

    with pytest.raises(ValueError, match=r"storage\.s3\.url"):
        target_of("s3", S3Settings())
