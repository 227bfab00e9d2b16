"""An S3-compatible store as a target, through obstore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from config.storage import S3Settings
from recorder.storage.targets import TargetGone

PART_BYTES = 8 << 20
AT_ONCE = 2  # parts of one file: the store must not take the site's line away from the session


class S3Target:
    """Objects "<prefix>/<recording>/<path>" in one bucket. An object is there whole or not at all."""

    def __init__(self, settings: S3Settings) -> None:
        self._settings = settings
        self._store = S3Store(
            settings.bucket,
            endpoint=settings.url,
            region=settings.region,
            access_key_id=settings.access_key_id,
            secret_access_key=settings.secret_access_key,
            virtual_hosted_style_request=not settings.path_style,
            client_options={
                "allow_http": settings.url.startswith("http://"),
                "timeout": timedelta(seconds=settings.timeout_s),
                "connect_timeout": timedelta(seconds=min(10.0, settings.timeout_s)),
            },
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=settings.timeout_s)},
        )

    @property
    def name(self) -> str:
        """See Target."""
        return f"s3://{self._settings.bucket}/{self._settings.prefix}"

    def _key(self, name: str) -> str:
        return f"{self._settings.prefix.strip('/')}/{name}".lstrip("/")

    def size(self, name: str) -> int | None:
        """See Target."""
        with _named(self.name):
            try:
                return int(obstore.head(self._store, self._key(name))["size"])
            except FileNotFoundError:
                return None

    def put(self, source: Path, name: str) -> None:
        """See Target."""
        with _named(self.name):
            large = source.stat().st_size > PART_BYTES
            obstore.put(
                self._store,
                self._key(name),
                source,
                use_multipart=large,
                chunk_size=PART_BYTES,
                max_concurrency=AT_ONCE,
            )

    def read(self, name: str) -> Iterator[bytes]:
        """See Target."""
        with _named(self.name):
            for data in obstore.get(self._store, self._key(name)).stream(min_chunk_size=1 << 20):
                yield bytes(data)

    def names(self, recording: str) -> list[str]:
        """See Target."""
        prefix = self._key("")
        with _named(self.name):
            found = obstore.list(self._store, prefix=self._key(recording)).collect()
        return sorted(each["path"].removeprefix(prefix) for each in found)

    def remove(self, name: str) -> None:
        """See Target."""
        with _named(self.name):
            obstore.delete(self._store, self._key(name))

    def settle(self) -> None:
        """See Target: what the store confirmed is stored."""


@contextmanager
def _named(store: str) -> Iterator[None]:
    """Errors of the store as OSError."""
    try:
        yield
    except (BaseError, OSError) as error:
        text = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
        raise TargetGone(
            5, f"Kho không nhận hoặc không trả lời / the store refused or did not answer: {text}", store
        ) from None
