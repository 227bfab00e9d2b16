"""A PostgreSQL server for the tests, from Debian's package: started once, as the user `postgres` where we are root.

Its databases are cloned from one that has the tables already, sorted by the rules of Vietnamese, so that a test which
passes by the order of another language does not pass here.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from benchmarks.running import free_port
from config.models import STORE_FILE
from reception.database import Database

PASSWORD = "p@ss:w/rd"
TEMPLATE = "template_of_tests"
MISSING = (
    "PostgreSQL is not installed (Debian: apt-get install postgresql): this runs on SQLite alone, half of it is skipped"
)
_MAKE_TABLES = """
import asyncio, sys
from reception.database import Database

async def main():
    await (await Database.open(sys.argv[1])).close()

asyncio.run(main())
"""
_Popen, _open = subprocess.Popen, Database.open


def programs() -> Path | None:
    """Where the newest installed server's programs are; None where there is none."""
    found = [each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found and (on_path := shutil.which("initdb")):
        return Path(on_path).parent
    return max(found, key=lambda each: float(each.parent.name), default=None)


class PostgreSql:
    """The server. It listens on a Unix socket, where everybody is trusted, and on a TCP port, where nobody is."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.directory = Path(tempfile.mkdtemp(prefix="diemcau-postgresql-"))
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._as: list[str] = []
        if os.getuid() == 0:
            self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=INT"]
            shutil.chown(self.directory, "postgres", "postgres")

    def start(self) -> None:
        """From nothing to a template with all tables, in some seconds."""
        password = self.directory / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        arguments = ["-D", str(self.directory / "db"), "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]
        trust = ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={password}"]
        self._run("initdb", *arguments, *trust)
        self.launch()
        vietnamese = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'vi' LOCALE 'C' ENCODING 'UTF8'"
        self.sql(f"CREATE DATABASE {TEMPLATE} {vietnamese}")

    def launch(self) -> None:
        """The process; it ends with ours."""
        quick = [part for each in ("fsync=off", "full_page_writes=off", "max_connections=200") for part in ("-c", each)]
        place = ["-D", str(self.directory / "db"), "-k", str(self.directory), "-p", str(self.port), "-h", "127.0.0.1"]
        log = (self.directory / "log").open("ab")
        with log:
            self._process = _Popen(
                [*self._as, str(self._programs / "postgres"), *place, *quick],
                stdout=log,
                stderr=log,
                cwd="/",
            )
        end = time.monotonic() + 60
        while self._psql("SELECT 1", check=False).returncode:
            assert self._process.poll() is None, (self.directory / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL did not start within 60 s"
            time.sleep(0.05)

    def end(self) -> None:
        """Stop the process at once; its data stay."""
        if self._process is not None:
            self._process.send_signal(2)  # SIGINT: fast shutdown
            self._process.wait(30)
            self._process = None

    def close(self) -> None:
        """Leave nothing."""
        self.end()
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, name: str) -> str:
        """A database's URL by the Unix socket."""
        return f"postgresql://postgres@/{name}?host={self.directory}&port={self.port}"

    def tcp_url(self, name: str, *, user: str = "postgres", password: str = PASSWORD) -> str:
        """A database's URL by TCP, with a password."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, *, empty: bool = False) -> str:
        """A new database; its URL. empty: without tables."""
        template = "template0" if empty else TEMPLATE
        locale = " LOCALE_PROVIDER icu ICU_LOCALE 'vi' LOCALE 'C'" if empty else ""
        self.sql(f'CREATE DATABASE "{name}" TEMPLATE {template}{locale}')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Whoever is connected is thrown out."""
        self.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def sql(self, statement: str, *, database: str = "postgres") -> str:
        """Run a statement as the superuser; what it prints."""
        return self._psql(statement, database=database).stdout.strip()

    def _psql(
        self, statement: str, *, database: str = "postgres", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        where = ["-h", str(self.directory), "-p", str(self.port), "-U", "postgres", "-d", database]
        return self._run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", *where, "-c", statement, check=check)

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [*self._as, str(self._programs / program), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
        assert not check or result.returncode == 0, f"{program}: {result.stdout}{result.stderr}"
        return result


_server: list[PostgreSql] = []
_on: list[OnPostgreSql] = []


def server() -> PostgreSql:
    """The one of this run, started at the first use. Skips the test where PostgreSQL is missing."""
    if not _server:
        found = programs()
        if found is None:
            pytest.skip(MISSING)
        running = PostgreSql(found)
        atexit.register(running.close)
        running.start()
        subprocess.run([sys.executable, "-c", _MAKE_TABLES, running.url(TEMPLATE)], check=True)
        _server.append(running)
    return _server[0]


class OnPostgreSql:
    """While it is on, whatever a test would store in a SQLite file is stored in a database of PostgreSQL instead.

    That is so for stores that the test opens by a path, and for `diemcau … --data DIRECTORY` as a process of its own.
    """

    def __init__(self) -> None:
        self._names: set[str] = set()

    def url_of(self, path: Path) -> str:
        """The database in place of a SQLite file or of a data directory's; cloned at the first use."""
        place = path.resolve()
        place = place.parent if place.name == STORE_FILE else place
        name = "t" + hashlib.sha256(str(place).encode()).hexdigest()[:20]
        if name not in self._names:
            server().create(name)
            self._names.add(name)
        return server().url(name)

    def clean(self) -> None:
        """Drop what was cloned."""
        for name in self._names:
            server().drop(name)
        self._names.clear()

    @contextlib.contextmanager
    def on(self) -> Iterator[None]:
        """For as long as the body runs. Skips the test where PostgreSQL is missing."""
        server()
        mapped = self

        async def open_elsewhere(cls: type[Database], location: Path | str) -> Database:
            return await _open(mapped.url_of(location) if isinstance(location, Path) else location)

        class Popen(_Popen):  # type: ignore[type-arg]
            def __init__(self, args: Any, *more: Any, **keywords: Any) -> None:
                data = _data_directory(args)
                if data is not None:
                    environment = keywords.get("env")
                    environment = dict(os.environ if environment is None else environment)
                    keywords["env"] = {"DIEMCAU_DATABASE": mapped.url_of(data), **environment}
                super().__init__(args, *more, **keywords)

        patch = pytest.MonkeyPatch()
        patch.setattr(Database, "open", classmethod(open_elsewhere))
        patch.setattr(subprocess, "Popen", Popen)
        _on.append(self)
        try:
            yield
        finally:
            _on.remove(self)
            patch.undo()


def location_of(path: Path) -> Path | str:
    """Where a store that is opened by this path is now: there, or in PostgreSQL."""
    return _on[-1].url_of(path) if _on else path


def _data_directory(arguments: Any) -> Path | None:
    """Of a command line `diemcau … --data DIRECTORY`."""
    if isinstance(arguments, (str, bytes)):
        return None
    words = [str(each) for each in arguments]
    if "--data" in words and any(Path(each).name == "diemcau" for each in words[:3]):
        return Path(words[words.index("--data") + 1])
    return None
