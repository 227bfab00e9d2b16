"""Nobody else uses the data while they are replaced: the server of the data directory, and others on the database."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, text

from config.words import Words
from diemcau.run_directory import lock
from reception.engine import APPLICATION
from reception.store_errors import StoreError

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND application_name = :name"
)


@contextlib.contextmanager
def server_stopped(data: Path) -> Iterator[None]:
    """While the body runs no server starts on the data directory. Raises StoreError if one runs."""
    folder = data / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = []
    try:
        for name in ("server.lock", "workers.lock"):
            descriptor = lock(folder / name)
            if descriptor is None:
                raise StoreError(
                    Words(
                        f"Máy chủ đang chạy trên {data}; hãy dừng máy chủ rồi chạy lại lệnh.",
                        f"The server runs on {data}: stop it, and run the command again.",
                    )
                )
            held.append(descriptor)
        yield
    finally:
        for descriptor in held:
            os.close(descriptor)


def check_nobody_else(connection: Connection) -> None:
    """Raises StoreError if a server on this or another machine is connected to the PostgreSQL database."""
    if connection.dialect.name != "postgresql":
        return
    others = connection.execute(_OTHERS, {"name": APPLICATION}).scalar_one()
    if others:
        raise StoreError(
            Words(
                f"Cơ sở dữ liệu đang được dùng ({others} kết nối của Điểm Cầu); hãy dừng máy chủ rồi chạy lại lệnh.",
                f"The database is in use ({others} connections): stop the server and run the command again.",
            )
        )
