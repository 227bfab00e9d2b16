"""Files of a case at rest: encrypted where new recordings are, with the same master key, each with a key of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recorder.cipher import DataKey
from recorder.encrypted_file import DamagedFile, open_media
from recorder.master_key import Keyring, KeyUnavailable
from signalling.problems import Problem

if TYPE_CHECKING:
    from signalling.services import Services

_PIECE_BYTES = 1 << 20
_T = TypeVar("_T")


def case_key(services: Services) -> DataKey | None:
    """For a new file; None where nothing is encrypted. Raises Problem 409: the master key is away."""
    if not services.settings.recording.encrypt:
        return None
    return readable(lambda: services.recorder.keys.load_or_make().new_data_key())


def read_whole(path: Path, keys: Keyring) -> bytes:
    """A file, decrypted at need. Raises Problem 409, 500; OSError."""

    def read() -> bytes:
        with open_media(path, keys) as file:
            return file.read()

    return readable(read)


def plain_sha256(path: Path, keys: Keyring) -> str:
    """Of what the file says, decrypted at need. Raises Problem 409, 500; OSError."""

    def take() -> str:
        digest = hashlib.sha256()
        with open_media(path, keys) as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
        return digest.hexdigest()

    return readable(take)


def readable(read: Callable[[], _T]) -> _T:
    """What `read` gives. Raises Problem instead of KeyUnavailable (409) and DamagedFile (500)."""
    try:
        return read()
    except KeyUnavailable as error:
        raise Problem(
            409,
            "key_unavailable",
            "It is encrypted, and the key is missing",
            str(error),
            reason_vi="Tệp được mã hóa nhưng máy chủ thiếu khóa. Báo quản trị hệ thống khôi phục khóa chủ (DATA/keys).",
            reason_en="The file is encrypted and the server lacks the key: put the master key back (DATA/keys).",
        ) from None
    except DamagedFile as error:
        raise Problem(500, "damaged_file", "The file is damaged", str(error)) from None
