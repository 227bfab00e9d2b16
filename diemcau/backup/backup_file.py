"""The file that a backup is: a ZIP with the rows of each table, files of the data directory, and a manifest of hashes.

`tables/NAME.jsonl`: reception/dump_store.py says what a line is, the same for either database. `data/PATH`: files.
`manifest.json`, the last member: version, revision of the tables, rows and SHA-256 of each table, size and SHA-256 of
each file; its own SHA-256 is the ZIP's comment. After the ZIP: TRAILER and the
SHA-256 of all before it. The whole may be encrypted (diemcau/backup/sealed_stream.py).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Self, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from config.words import Words
from diemcau.backup.sealed_stream import Broken, SealingWriter, WrongPassphrase, is_sealed, unseal
from reception.dump_store import TableFacts, Tally
from reception.store_errors import StoreError

FORMAT = 1
MANIFEST = "manifest.json"
TRAILER = b"DIEMCAU-SHA256 "
BLOCK = 1 << 20
_OF_DAMAGE = (  # what the ZIP's reader says of damaged bytes
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # a method of compression
    RuntimeError,  # a password
    ValueError,
    OverflowError,
)


class FileFacts(BaseModel):
    """A file of the data directory."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """What a backup has inside. audit: number of entries, newest hash, and whether the chain was whole then.

    keys: fingerprints of the data directory's keys, whether they are inside or not.
    """

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    version: str
    revision: str
    created_at: str
    database: str
    tables: dict[str, TableFacts]
    files: dict[str, FileFacts]
    audit_entries: int
    audit_head: str
    audit_whole: bool
    keys: dict[str, str]
    keys_inside: bool

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(each.rows for each in self.tables.values())


class BackupWriter:
    """Writes a backup beside its place and puts it there when it is whole; after an error nothing is left."""

    def __init__(self, path: Path, passphrase: str = "") -> None:
        """Raises StoreError if there is something at `path`."""
        if path.exists():
            raise StoreError(
                Words(f"{path} đã có; hãy chọn tên khác.", f"{path} is there already: choose another name.")
            )
        self._path, self._partial = path, path.with_name(f"{path.name}.{os.getpid()}.partial")
        self._passphrase = passphrase
        self._files: dict[str, FileFacts] = {}

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        self._target = os.fdopen(descriptor, "w+b")
        self._sealing = SealingWriter(self._target, self._passphrase) if self._passphrase else None
        self._sum = _Summing(cast("IO[bytes]", self._sealing or self._target))
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._sum), "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        return self

    def table(self, name: str, lines: Iterable[str]) -> TableFacts:
        """A table's rows."""
        tally = Tally()
        with self._zip.open(f"tables/{name}.jsonl", "w", force_zip64=True) as member:
            for line in tally.of(lines):
                member.write(line.encode() + b"\n")
        return tally.facts

    def file(self, name: str, source: IO[bytes]) -> None:
        """A file of the data directory, by its path there with slashes."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(f"data/{name}", "w", force_zip64=True) as member:
            while block := source.read(BLOCK):
                digest.update(block)
                size += len(block)
                member.write(block)
        self._files[name] = FileFacts(bytes=size, sha256=digest.hexdigest())

    @property
    def files(self) -> dict[str, FileFacts]:
        """Those written so far."""
        return dict(self._files)

    def finish(self, manifest: Manifest) -> None:
        """The last thing."""
        text = manifest.model_dump_json(indent=1).encode()
        self._zip.writestr(MANIFEST, text)
        self._zip.comment = hashlib.sha256(text).hexdigest().encode()
        self._zip.close()
        self._sum.write(TRAILER + self._sum.digest.hexdigest().encode() + b"\n")
        if self._sealing is not None:
            self._sealing.close()
        self._target.flush()
        os.fsync(self._target.fileno())
        self._target.close()
        self._partial.replace(self._path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._target.closed:
            self._zip.fp = None  # its end is not written any more
            self._target.close()
        self._partial.unlink(missing_ok=True)


class _Summing:
    """What is written goes on into a file, and into a hash; there is no way back in it."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self.digest = target, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self._target.write(data)
        return len(data)

    def flush(self) -> None:
        self._target.flush()


def _check_sum(path: Path, plain: IO[bytes]) -> None:
    """Every byte is as it was written, those too that mean nothing to a ZIP. Raises StoreError."""
    size = plain.seek(0, os.SEEK_END) - len(TRAILER) - 65
    digest = hashlib.sha256()
    plain.seek(0)
    while size > 0 and (block := plain.read(min(BLOCK, size))):
        digest.update(block)
        size -= len(block)
    if size < 0 or plain.read() != TRAILER + digest.hexdigest().encode() + b"\n":
        raise damaged(path, "not its hash")
    plain.seek(0)


class Backup:
    """A backup that was opened, and is whole."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip, self.manifest = archive, manifest

    def lines(self, table: str) -> Iterator[str]:
        """The table's rows."""
        with self._zip.open(f"tables/{table}.jsonl") as member:
            for line in member:
                yield line.decode().removesuffix("\n")

    def extract(self, name: str, target: Path) -> None:
        """Write a file of the data directory to `target`, readable by its owner only."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file, self._zip.open(f"data/{name}") as member:
            shutil.copyfileobj(member, file, BLOCK)
            file.flush()
            os.fsync(file.fileno())


@contextlib.contextmanager
def opened(path: Path, passphrase: str = "") -> Iterator[Backup]:
    """A backup, after every byte of it was checked. Raises StoreError: damaged, encrypted, none, of a newer program."""
    with contextlib.ExitStack() as stack:
        try:
            source = stack.enter_context(path.open("rb"))
        except FileNotFoundError:
            raise StoreError(Words(f"Không có tệp {path}.", f"There is no file {path}.")) from None
        plain: IO[bytes] = source
        if is_sealed(source):
            plain = stack.enter_context(_unsealed(path, source, passphrase))
        _check_sum(path, plain)
        try:
            archive = stack.enter_context(zipfile.ZipFile(plain))
            manifest = _manifest(path, archive)
            _check(path, archive, manifest)
        except _OF_DAMAGE as error:
            raise damaged(path, str(error) or type(error).__name__) from None
        yield Backup(archive, manifest)


@contextlib.contextmanager
def _unsealed(path: Path, source: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    """The decrypted file, in a place without a name, that is gone when it is closed."""
    if not passphrase:
        raise StoreError(
            Words(
                f"{path} được mã hóa: cần cụm mật khẩu (--passphrase-file).",
                f"{path} is encrypted: its passphrase is needed (--passphrase-file).",
            )
        )
    place = path.parent if os.access(path.parent, os.W_OK) else None
    with tempfile.TemporaryFile(dir=place) as plain:
        try:
            unseal(source, plain, passphrase)
        except WrongPassphrase:
            raise StoreError(
                Words(f"Cụm mật khẩu của {path} không đúng.", f"The passphrase of {path} is not right.")
            ) from None
        except Broken as error:
            raise damaged(path, str(error)) from None
        plain.seek(0)
        yield plain


def damaged(path: Path, detail: str) -> StoreError:
    """A backup that must not be used."""
    return StoreError(
        Words(
            f"{path} không phải là bản sao lưu nguyên vẹn ({detail}). Không có gì được thay đổi; hãy dùng bản khác.",
            f"{path} is no whole backup ({detail}). Nothing was changed; use another one.",
        )
    )


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        text = archive.read(MANIFEST)
    except KeyError:
        raise damaged(path, f"no {MANIFEST}") from None
    if hashlib.sha256(text).hexdigest().encode() != archive.comment:
        raise damaged(path, f"{MANIFEST}: not its hash")
    try:
        found = Manifest.model_validate_json(text)
    except ValidationError as error:
        raise damaged(path, f"{MANIFEST}: {error.error_count()} faults") from None
    if found.format > FORMAT:
        raise StoreError(
            Words(
                f"{path} thuộc phiên bản mới hơn (định dạng {found.format}). Hãy cập nhật chương trình.",
                f"{path} is of a newer version (format {found.format}). Update the program.",
            )
        )
    return found


def _check(path: Path, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Every member is there, is what the manifest says, and none is there beside them."""
    wanted = {f"tables/{name}.jsonl": each.sha256 for name, each in manifest.tables.items()}
    wanted |= {f"data/{name}": each.sha256 for name, each in manifest.files.items()}
    for name in manifest.files:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts:
            raise damaged(path, f"a file {name!r}")
    names = archive.namelist()
    odd = {*names} ^ {*wanted, MANIFEST}
    if odd or len(names) != len(wanted) + 1:
        raise damaged(path, ", ".join(sorted(odd)[:3]) or "a member twice")
    for name, sha256 in wanted.items():
        digest = hashlib.sha256()
        with archive.open(name) as member:
            while block := member.read(BLOCK):
                digest.update(block)
        if digest.hexdigest() != sha256:
            raise damaged(path, name)
