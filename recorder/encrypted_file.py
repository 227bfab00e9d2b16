"""Files of an encrypted recording that are read and written at any place: chunks, each encrypted by itself."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from recorder.cipher import SEALED_EXTRA, DataKey, Undecipherable, chunk_place
from recorder.framing import FILE_MAGIC
from recorder.master_key import Keyring

CHUNK_BYTES = 65536
SUFFIX = ".enc"
MAX_HEAD_BYTES = 4096


class DamagedFile(OSError):
    """An encrypted file that is none, or whose bytes were altered or cut."""


def plain_name(name: str) -> str:
    """The name without the suffix of encrypted files."""
    return name.removesuffix(SUFFIX)


def sealed_name(path: Path) -> Path:
    """The name of the encrypted file of this plain name."""
    return path.with_name(path.name + SUFFIX)


def open_media(path: Path, keys: Keyring, *, unfinished: bool = False) -> BinaryIO:
    """A track to read, decrypted on the way if it is encrypted. `unfinished`: it is being written, or a crash left it.
    Raises OSError (DamagedFile), KeyUnavailable."""
    if path.suffix != SUFFIX:
        return path.open("rb")
    return io.BufferedReader(DecryptingFile(path, keys, unfinished=unfinished), buffer_size=CHUNK_BYTES)


class DecryptingFile(io.RawIOBase):
    """Reads any range by the chunks around it. `size`: plain bytes when it was opened."""

    def __init__(self, path: Path, keys: Keyring, *, unfinished: bool = False) -> None:
        super().__init__()
        self._file = path.open("rb")
        try:
            facts, self._begin = _read_head(self._file, path)
            self._key = keys.unwrap(facts)
            self._chunk = int(facts["chunk"])
            length = self._file.seek(0, io.SEEK_END) - self._begin
            whole, rest = divmod(length, self._chunk + SEALED_EXTRA)
            if unfinished and rest < SEALED_EXTRA:
                rest = 0
            if rest and rest < SEALED_EXTRA:
                raise DamagedFile(f"{path} is cut in the middle of a chunk")
            self._last = whole if rest else whole - 1
            self.size = whole * self._chunk + (rest - SEALED_EXTRA if rest else 0)
            self._path = path
            self._unfinished = unfinished
            self._position = 0
            self._held: tuple[int, bytes] = (-1, b"")
            if not unfinished:
                self._plain(self._last)  # says whether it is the end that was written
        except BaseException:
            self._file.close()
            raise

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Raises DamagedFile."""
        if self._position >= self.size:
            return 0
        index, start = divmod(self._position, self._chunk)
        piece = self._plain(index)[start : start + min(len(buffer), self.size - self._position)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def _plain(self, index: int) -> bytes:
        if self._held[0] != index:
            self._file.seek(self._begin + index * (self._chunk + SEALED_EXTRA))
            sealed = self._file.read(self._chunk + SEALED_EXTRA)
            self._held = (index, self._open(index, sealed))
        return self._held[1]

    def _open(self, index: int, sealed: bytes) -> bytes:
        last = index == self._last
        for said in (last, not last) if self._unfinished else (last,):
            with suppress(Undecipherable):
                return self._key.open(sealed, chunk_place(index, last=said))
        raise DamagedFile(f"chunk {index} of {self._path} was altered, or the file was cut")

    def close(self) -> None:
        self._file.close()
        super().close()


def _read_head(file: BinaryIO, path: Path) -> tuple[dict[str, Any], int]:
    """The `encryption` object and where the chunks begin. Raises DamagedFile."""
    try:
        if file.read(len(FILE_MAGIC)) != FILE_MAGIC:
            raise ValueError
        length = int.from_bytes(file.read(4), "little")
        if length > MAX_HEAD_BYTES:
            raise ValueError
        facts: dict[str, Any] = json.loads(file.read(length))
        if not 0 < int(facts["chunk"]) <= 1 << 26:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise DamagedFile(f"{path} is no encrypted file of a recording") from None
    return facts, file.tell()


class EncryptingFile(io.RawIOBase):
    """Writes at any place, as a muxer does that comes back to the head; what is on the disk is always encrypted.

    One chunk is held in memory; `flush` stores it, and the file is whole then. Raises OSError.
    """

    def __init__(self, path: Path, key: DataKey) -> None:
        super().__init__()
        self._file = path.open("w+b", buffering=0)
        self._key = key
        head = json.dumps({**key.facts, "chunk": CHUNK_BYTES}, sort_keys=True, separators=(",", ":")).encode()
        self._file.write(FILE_MAGIC + len(head).to_bytes(4, "little") + head)
        self._begin = self._file.tell()
        self._size = self._position = 0
        self._index, self._held, self._dirty = 0, bytearray(), True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        count = len(view)
        if self._position > self._size:  # nobody leaves holes, but a hole is zeros
            gap, place = self._position - self._size, self._position
            self._position = self._size
            self.write(bytes(gap))
            self._position = place
        while view:
            index, start = divmod(self._position, CHUNK_BYTES)
            self._hold(index)
            piece = view[: CHUNK_BYTES - start]
            self._held[start : start + len(piece)] = piece
            self._dirty = True
            self._position += len(piece)
            self._size = max(self._size, self._position)
            view = view[len(piece) :]
        return count

    def _hold(self, index: int) -> None:
        """Have this chunk in memory. A chunk that was the last and is not any more is stored anew as such."""
        if index == self._index:
            return
        last = max(0, self._size - 1) // CHUNK_BYTES
        if index > last and self._index != last:
            self._hold(last)
        self._dirty = self._dirty or index > last
        self._store(last=max(index, last))
        self._index = index
        self._held = bytearray() if index > last else bytearray(self._load(index, last=index == last))
        self._dirty = False

    def _load(self, index: int, *, last: bool) -> bytes:
        self._file.seek(self._begin + index * (CHUNK_BYTES + SEALED_EXTRA))
        return self._key.open(self._file.read(CHUNK_BYTES + SEALED_EXTRA) or b"", chunk_place(index, last=last))

    def _store(self, *, last: int) -> None:
        if not self._dirty:
            return
        self._file.seek(self._begin + self._index * (CHUNK_BYTES + SEALED_EXTRA))
        sealed = memoryview(self._key.seal(self._held, chunk_place(self._index, last=self._index == last)))
        while sealed:
            sealed = sealed[self._file.write(sealed) or 0 :]
        self._dirty = False

    def flush(self) -> None:
        """What was written can be read now."""
        if not self.closed and not self._file.closed:
            self._store(last=max(0, self._size - 1) // CHUNK_BYTES)

    def close(self) -> None:
        if not self.closed:
            try:
                self.flush()
            finally:
                self._file.close()
                super().close()
