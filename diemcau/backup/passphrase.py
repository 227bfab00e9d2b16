"""The passphrase of a backup: from a file, from the environment, or asked for."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from config.words import Words
from reception.store_errors import StoreError

VARIABLE = "DIEMCAU_BACKUP_PASSPHRASE"
SHORTEST = 12  # characters; whoever has the file may guess as long as they like


def passphrase_in(file: Path) -> str:
    """The file's first line. Raises StoreError if there is none, or it is short."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(
            Words(
                f"Không đọc được tệp cụm mật khẩu {file}: {error}",
                f"The passphrase file {file} cannot be read: {error}",
            )
        ) from None
    return checked(lines[0].strip() if lines else "")


def checked(passphrase: str) -> str:
    """The same. Raises StoreError if it is too short to keep anything secret."""
    if len(passphrase) < SHORTEST:
        raise StoreError(
            Words(
                f"Cụm mật khẩu phải có ít nhất {SHORTEST} ký tự.", f"A passphrase has at least {SHORTEST} characters."
            )
        )
    return passphrase


def given(file: Path | None) -> str:
    """Of the file or the environment; "" if neither has one. Raises StoreError."""
    if file is not None:
        return passphrase_in(file)
    found = os.environ.get(VARIABLE, "")
    return checked(found) if found else ""


def asked(*, twice: bool) -> str:
    """Asked for at a terminal. Raises StoreError where there is none."""
    if not sys.stdin.isatty():
        raise StoreError(
            Words(
                f"Cần cụm mật khẩu: dùng --passphrase-file hoặc biến môi trường {VARIABLE}.",
                f"A passphrase is needed: give --passphrase-file, or {VARIABLE} in the environment.",
            )
        )
    import typer

    prompt = "Cụm mật khẩu của bản sao lưu / Passphrase of the backup"
    found: str = typer.prompt(prompt, hide_input=True, confirmation_prompt=twice, err=True)
    return checked(found)
