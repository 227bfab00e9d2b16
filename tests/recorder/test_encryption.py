"""Encryption at rest: nothing plain on the disk, whole without the key, played with it, lost without it."""

from __future__ import annotations

import io
import json
import random
import shutil
import tarfile
from pathlib import Path
from typing import Any

import av
import pytest

from recorder.chain import read_chain
from recorder.cipher import DataKey, encrypt_records
from recorder.completion import complete
from recorder.encrypted_file import CHUNK_BYTES, DamagedFile, DecryptingFile, EncryptingFile, open_media
from recorder.export import export
from recorder.journal import RecordType, build_record, segment_path, stored_records
from recorder.keys import load_or_make_key
from recorder.master_key import Keyring, KeyUnavailable, read_master_key
from recorder.reader import encryption_of, read_journal, read_segment
from recorder.verify import verify
from recorder.writer import WriterLimits
from tests.recorder.made import SETTINGS, Part, make_sealed, writable
from tests.recorder.mounts import needs_root, small_disk
from tests.recorder.test_verify import bundled


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with one sealed, encrypted recording."""
    data = tmp_path_factory.mktemp("data")
    make_sealed(data, encrypted=True)
    return data


def recording(data: Path) -> Path:
    return data / "recordings" / "s1"


def the_track(directory: Path) -> Path:
    (path,) = (directory / "tracks").iterdir()
    return path


def frames(path: Path, keys: Keyring) -> int:
    with open_media(path, keys) as file, av.open(file) as container:
        return sum(1 for _ in container.decode(video=0))


def test_no_picture_and_no_voice_lies_there_plain(data: Path, tmp_path: Path) -> None:
    plain = Part(tmp_path)
    plain.run(0.4)
    payloads = [packet.data[-40:] for packet in plain.sender.video(0)] + [plain.sender.audio(7).data[-40:]]
    written = {path.name: path.read_bytes() for path in recording(data).rglob("*") if path.is_file()}
    assert any(payloads[0] in segment_path(plain.directory, 1).read_bytes() for _ in [0]), "in a plain one it is found"
    for name, content in written.items():
        assert not any(payload in content for payload in payloads), name
    assert the_track(recording(data)).name.endswith(".webm.enc")
    segment = segment_path(recording(data), 2)
    with segment.open("rb") as file:
        kinds = {record.type for record in stored_records(file, 2)}
    assert kinds == {RecordType.SEGMENT, RecordType.ENCRYPTED}


def test_it_reads_back_as_what_an_unencrypted_one_holds(data: Path, tmp_path: Path) -> None:
    other = make_sealed(tmp_path)
    ours = [(each.type, each.arrival_s, each.body) for each in read_journal(recording(data))]
    theirs = [(each.type, each.arrival_s, each.body) for each in read_journal(other)]
    kept = [each for each in ours if each[0] is not RecordType.SEGMENT]
    assert kept == [each for each in theirs if each[0] is not RecordType.SEGMENT]
    with open_media(the_track(recording(data)), Keyring.of(data)) as file:
        assert file.read() == the_track(other).read_bytes(), "the same track, deterministically"


def test_verification_needs_no_key_and_playing_does(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    track = the_track(recording(copy))
    assert frames(track, Keyring.of(copy)) == 125
    key = copy / "keys" / "master.key"
    kept = key.read_bytes()
    identifier = read_master_key(key).id
    key.unlink()
    assert verify(recording(copy)).verdict == "whole"
    with pytest.raises(KeyUnavailable, match=identifier):
        open_media(track, Keyring.of(copy))
    with pytest.raises(KeyUnavailable, match="--import"):
        list(read_journal(recording(copy)))
    key.write_text("ab" * 32)
    with pytest.raises(KeyUnavailable, match="has the key"):
        open_media(track, Keyring.of(copy))
    key.write_text("not a key")
    with pytest.raises(KeyUnavailable, match="64 hex digits"):
        open_media(track, Keyring.of(copy))
    key.unlink()
    elsewhere = tmp_path / "usb" / "copy.key"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(kept)
    assert frames(track, Keyring.of(copy, str(elsewhere))) == 125
    Keyring.of(copy).keep(read_master_key(elsewhere))
    assert frames(track, Keyring.of(copy)) == 125, "brought in once, found from then on"


def test_a_rotated_master_key_reads_what_it_wrote_before(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "data"
    shutil.copytree(data, copy)
    keys = Keyring.of(copy)
    before = keys.load_or_make().id
    assert keys.rotate().id != before
    assert frames(the_track(recording(copy)), keys) == 125
    assert keys.path.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys.others.iterdir())


def test_what_a_kill_left_goes_on_with_the_same_key_and_is_completed(tmp_path: Path) -> None:
    first = Part(tmp_path, encrypted=True)
    first.run(2.5)
    first.manifest.sync()
    last = segment_path(first.directory, 2)
    last.write_bytes(last.read_bytes()[:-7])
    second = Part(tmp_path, 2, begun_s=1010.0)  # whatever the settings say by now
    assert second.found is not None
    assert 1_700_001_002_000 < second.found.from_ms < 1_700_001_002_600
    second.run(1)
    second.end()
    complete(first.directory, load_or_make_key(tmp_path), SETTINGS, reason="ended")
    assert verify(first.directory).verdict == "whole"
    facts = [encryption_of(first.directory, number) for number in (1, 2, 3)]
    assert facts[0] is not None
    assert facts[1:] == facts[:-1]
    tracks = sorted((first.directory / "tracks").iterdir())
    assert [frames(path, Keyring.of(tmp_path)) for path in tracks] == [61, 25]
    chain = read_chain((first.directory / "manifest.jsonl").read_bytes())
    assert [line["length"] > 0 for line in chain.lines if line["type"] == "torn_tail"] == [True]


@needs_root
def test_the_second_disk_holds_it_encrypted_too(tmp_path: Path) -> None:
    second = tmp_path / "second"
    second.mkdir()
    limits = WriterLimits(
        sync_interval_s=0.25, segment_seconds=60.0, segment_bytes=8 << 20, reserve_bytes=1 << 20, second=second
    )
    with small_disk(tmp_path / "disk", 8) as disk:
        part = Part(disk, limits=limits, encrypted=True)
        noise = build_record(RecordType.RTP, (99).to_bytes(4, "little") + bytes(100 << 10), arrival_s=1001.0)
        for moment in range(12):
            part.put(10 * noise, 1001.0 + moment)
        assert part.writer.on_second
        part.end()
        complete(part.directory, load_or_make_key(disk), SETTINGS, reason="ended")
        assert sum(1 for record in read_journal(part.directory) if record.type is RecordType.RTP) == 120
        assert verify(part.directory).verdict == "whole"
        moved = list(second.rglob("*.journal"))
        assert moved
        assert not any(bytes(1000) in path.read_bytes() for path in moved)


def test_it_is_exported_encrypted_or_decrypted_as_asked(data: Path, tmp_path: Path) -> None:
    for decrypted, form in ((False, "encrypted"), (True, "decrypted")):
        package = tmp_path / f"{form}.tar"
        assert export(recording(data), package, decrypted=decrypted).form == form
        with tarfile.open(package) as archive:
            archive.extractall(tmp_path / form, filter="data")
        directory = tmp_path / form / "s1"
        assert verify(directory).verdict == "whole"
        assert "mã hóa" in (directory / "README.txt").read_text()
    with pytest.raises(KeyUnavailable):
        list(read_journal(tmp_path / "encrypted" / "s1"))
    alone = tmp_path / "decrypted" / "s1"
    (plain,) = (alone / "derived" / "decrypted").glob("*.webm")
    with open_media(the_track(recording(data)), Keyring.of(data)) as file:
        assert file.read() == plain.read_bytes()
    assert sum(1 for record in read_journal(alone) if record.type is RecordType.RTP) > 300, "by its session key"
    master = (data / "keys" / "master.key").read_text().strip()
    assert not any(master.encode() in path.read_bytes() for path in alone.rglob("*") if path.is_file())


def test_without_the_key_nothing_is_exported_decrypted(data: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailable):
        export(recording(data), tmp_path / "x.tar", decrypted=True, keys=Keyring.of(tmp_path))
    assert not (tmp_path / "x.tar").exists()


def test_records_altered_or_moved_do_not_open_though_their_checksum_fits(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data, tmp_path / "data")
    directory = writable(recording(tmp_path / "data"))
    path = segment_path(directory, 1)
    with path.open("rb") as file:
        stored = list(stored_records(file, 1))
    one, two = stored[3], stored[4]
    content = path.read_bytes()
    rebuilt = [
        build_record(one.type, one.body[:-1] + bytes((one.body[-1] ^ 1,)), arrival_s=one.arrival_s),
        build_record(two.type, two.body, arrival_s=two.arrival_s),
    ]
    end = stored[5].offset
    for forged in (b"".join(rebuilt), rebuilt[1] + rebuilt[0]):
        path.write_bytes(content[: one.offset] + forged + content[end:])
        with pytest.raises(Exception, match="torn or altered"):
            list(read_segment(directory, 1))


def a_key(tmp_path: Path) -> tuple[DataKey, Keyring]:
    keys = Keyring.of(tmp_path)
    return keys.load_or_make().new_data_key(), keys


@pytest.mark.parametrize("seed", range(8))
def test_a_file_written_at_random_places_reads_back(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    key, keys = a_key(tmp_path)
    model = bytearray()
    path = tmp_path / "x.webm.enc"
    with EncryptingFile(path, key) as file:
        for _ in range(60):
            position = chance.choice([len(model), len(model), chance.randrange(len(model) + 1), 0])
            size = chance.choice([1, 100, CHUNK_BYTES, CHUNK_BYTES - position % CHUNK_BYTES, 3 * CHUNK_BYTES])
            piece = chance.randbytes(size)
            file.seek(position)
            assert file.write(piece) == size
            model[position : position + size] = piece
            if chance.random() < 0.3:
                file.flush()
                with open_media(path, keys) as reader:
                    assert reader.read() == model, "whole after each flush"
    with DecryptingFile(path, keys) as reader:
        assert reader.size == len(model)
        for _ in range(50):
            start = chance.randrange(len(model))
            reader.seek(start)
            got = reader.read(chance.randrange(1, 2 * CHUNK_BYTES))
            assert got
            assert got == model[start : start + len(got)]


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1])
def test_a_file_that_was_cut_or_altered_is_damaged(tmp_path: Path, size: int) -> None:
    key, keys = a_key(tmp_path)
    path = tmp_path / "x.webm.enc"
    with EncryptingFile(path, key) as file:
        file.write(bytes(size))
    whole = path.read_bytes()
    with open_media(path, keys) as reader:
        assert reader.read() == bytes(size)
    for spoiled in (whole[:-1], whole[:10], whole[:-1] + bytes((whole[-1] ^ 1,)), b"X" + whole[1:], whole + b"x"):
        path.write_bytes(spoiled)
        with pytest.raises((DamagedFile, KeyUnavailable)):
            open_media(path, keys)
    if size > CHUNK_BYTES:
        path.write_bytes(whole[: -1 - 28])
        with pytest.raises(DamagedFile):
            open_media(path, keys)


def test_records_of_one_batch_are_parted_so_that_damage_costs_little() -> None:
    key = DataKey(bytes(32), {})
    record = build_record(RecordType.RTP, bytes(1000), arrival_s=5.0)
    big = build_record(RecordType.EVENT, bytes(200_000), arrival_s=6.0)
    out = encrypt_records(key, 100 * record + big + record, segment=1, offset=77)
    stored = list(stored_records(io.BytesIO(b"DIEMCAU-JOURNAL-2\n" + out), 1))
    assert all(each.type is RecordType.ENCRYPTED for each in stored)
    assert [each.arrival_s for each in stored] == [5.0, 5.0, 6.0, 5.0]
    assert max(len(each.body) for each in stored[:2]) <= (64 << 10) + 28


def test_the_segments_head_says_how_it_is_encrypted(data: Path) -> None:
    with segment_path(recording(data), 1).open("rb") as file:
        head: dict[str, Any] = next(stored_records(file, 1)).json()
    assert head["encryption"] == {
        "algorithm": "AES-256-GCM",
        "master_key_id": Keyring.of(data).load_or_make().id,
        "wrapped_key": head["encryption"]["wrapped_key"],
    }
    assert len(bytes.fromhex(head["encryption"]["wrapped_key"])) == 40
    track = the_track(recording(data)).read_bytes()
    assert track.startswith(b"DIEMCAU-FILE-1\n")
    length = int.from_bytes(track[15:19], "little")
    assert json.loads(track[19 : 19 + length]) == {**head["encryption"], "chunk": 65536}


@pytest.fixture(params=["command", "package"])
def decrypted(request: pytest.FixtureRequest, data: Path, tmp_path: Path) -> tuple[Path, Any]:
    """A decrypted package, and a verifier that has never seen the master key."""
    export(recording(data), tmp_path / "x.tar", decrypted=True)
    with tarfile.open(tmp_path / "x.tar") as archive:
        archive.extractall(tmp_path, filter="data")
    return writable(tmp_path / "s1"), verify if request.param == "command" else bundled()


def test_decrypted_copies_are_checked_against_the_sealed_tracks(decrypted: tuple[Path, Any]) -> None:
    directory, check = decrypted
    report = check(directory)
    assert (report.verdict, report.copies) == ("whole", 1)
    (copy,) = (directory / "derived" / "decrypted").glob("*.webm")
    kept = copy.read_bytes()
    for kind, spoiled, position in (
        ("altered", kept[:70_000] + bytes((kept[70_000] ^ 4,)) + kept[70_001:], 70_000),
        ("truncated", kept[:-3], len(kept) - 3),
        ("added", kept + b"x", len(kept)),
    ):
        copy.write_bytes(spoiled)
        (fault,) = check(directory).faults
        assert (fault.kind, fault.file, fault.first_byte) == (kind, f"derived/decrypted/{copy.name}", position)
    copy.write_bytes(kept)
    stranger = copy.with_name("stranger.webm")
    stranger.write_bytes(kept)
    assert [fault.kind for fault in check(directory).faults] == ["added"]
    stranger.unlink()
    key = copy.with_name("session-key.json")
    key.write_text(json.dumps({**json.loads(key.read_text()), "key": "00" * 32}))
    assert [fault.file for fault in check(directory).faults] == ["derived/decrypted/session-key.json"]


def test_a_master_key_that_was_there_is_not_silently_replaced(tmp_path: Path) -> None:
    stick = tmp_path / "stick" / "master.key"
    keys = Keyring.of(tmp_path / "data", str(stick))
    first = keys.load_or_make()
    kept = stick.read_bytes()
    stick.unlink()
    with pytest.raises(KeyUnavailable, match=first.id):
        keys.load_or_make()
    stick.write_bytes(kept)
    assert keys.load_or_make() == first
    stick.unlink()
    second = keys.rotate()
    assert second.id != first.id
    assert keys.load_or_make() == second
    with pytest.raises(KeyUnavailable, match=first.id):
        keys.unwrap(first.new_data_key().facts)


def test_a_session_goes_on_though_its_key_was_lost_and_each_segment_names_its_own(tmp_path: Path) -> None:
    first = Part(tmp_path, encrypted=True)
    first.run(1.0)
    first.manifest.sync()
    master = tmp_path / "keys" / "master.key"
    kept = master.read_bytes()
    master.unlink()
    second = Part(tmp_path, 2, begun_s=1010.0)
    second.run(1.0)
    second.end()
    one, two = encryption_of(first.directory, 1), encryption_of(first.directory, 2)
    assert one is not None
    assert two is not None
    assert one["master_key_id"] != two["master_key_id"]
    with pytest.raises(KeyUnavailable):
        complete(first.directory, load_or_make_key(tmp_path), SETTINGS, reason="ended")
    lost = tmp_path / "lost.key"
    lost.write_bytes(kept)
    Keyring.of(tmp_path).keep(read_master_key(lost))
    complete(first.directory, load_or_make_key(tmp_path), SETTINGS, reason="ended")
    assert verify(first.directory).verdict == "whole"
    assert len(list((first.directory / "tracks").iterdir())) == 2
