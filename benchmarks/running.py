"""The server as a process of its own, on a core of its own."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.accounting import Cpu, cpu_of, descendants, pin, resident_kib, split_recorders, workers_of
from diemcau.places import PORTS_EACH

CREATED_AT_ONCE = 31  # delegates that one request may name


def free_port(workers: int = 1) -> int:
    """A port from which on all that a server with so many workers binds is free: two for each, TCP and UDP."""
    while True:
        with contextlib.ExitStack() as stack:
            try:
                first = stack.enter_context(socket.socket())
                first.bind(("127.0.0.1", 0))
                port: int = first.getsockname()[1]
                for number in range(port, port + PORTS_EACH * workers):
                    stack.enter_context(socket.socket(type=socket.SOCK_DGRAM)).bind(("127.0.0.1", number))
                    if number != port:
                        stack.enter_context(socket.socket()).bind(("127.0.0.1", number))
            except OSError:
                continue
            return port


class RunningServer:
    """`diemcau serve` with a data directory that is thrown away.

    host, namespace: an address in a network namespace, instead of loopback here.

    executable: of this checkout's environment, or of another one. core: where it runs, None for anywhere.
    settings: "section.key" → value, as a configuration file has them; a key without a dot stands at the top.
    own_group: whether it is apart from this process at the terminal, so that Ctrl-C reaches this process alone.
    files: path → text, put beside the configuration file and the directory "data"; "{directory}" in a setting is where.
    """

    def __init__(
        self,
        port: int | None = None,
        *,
        executable: Path | None = None,
        core: int | None = None,
        workers: int = 1,
        settings: Mapping[str, object] | None = None,
        files: Mapping[str, str] | None = None,
        host: str = "127.0.0.1",
        namespace: str = "",
        own_group: bool = False,
    ) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="diemcau-bench-")
        self.port = port or free_port(workers)
        self.udp_ports = [self.port + PORTS_EACH * worker for worker in range(workers)]
        self.base = f"http://{host}:{self.port}"
        directory = Path(self._directory.name)
        self.data = directory / "data"
        for name, text in (files or {}).items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        own: dict[str, object] = {"server.workers": workers} if workers > 1 else {}  # older servers do not know it
        configuration = directory / "bench-config.toml"
        configuration.write_text(settings_text(own | dict(settings or {}), directory), encoding="utf-8")
        self.process = subprocess.Popen(
            [
                *(("ip", "netns", "exec", namespace) if namespace else ()),
                str(executable or Path(sys.executable).with_name("diemcau")),
                "serve",
                *("--config", str(configuration)),
                *("--host", host, "--port", str(self.port)),
                *("--data", str(self.data)),
            ],
            cwd=directory,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            process_group=0 if own_group else None,
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
        )
        self.token = self.link = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "#token=" in line:
                self.link = line.strip()
                self.token = self.link.partition("#token=")[2]
                return
        self.stop()
        raise RuntimeError("the server did not start")

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The HTTP API."""
        request = urllib.request.Request(
            f"{self.base}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)

    def create(self, delegates: int, title: str, *, profile: str | None = None) -> dict[str, Any]:
        """A rehearsal with this many delegates, of any number."""
        names = [{"name": f"Điểm cầu {number}"} for number in range(1, delegates + 1)]
        body = {"title": title, "kind": "rehearsal", "central": {"name": "Trung tâm"}}
        session: dict[str, Any] = self.call(
            "POST", "/sessions", {**body, "delegates": names[:CREATED_AT_ONCE], "profile": profile}
        )
        for name in names[CREATED_AT_ONCE:]:
            session["endpoints"].append(self.call("POST", f"/sessions/{session['id']}/endpoints", name))
        return session

    def processes(self) -> tuple[list[int], list[int]]:
        """(the server's own processes, its recorders)."""
        return split_recorders(descendants(self.process.pid))

    def media_processes(self) -> list[int]:
        """Those that forward: the workers, or the one process there is."""
        workers = workers_of(descendants(self.process.pid))
        return [pid for _, pid in sorted(workers.items())] or [self.process.pid]

    def pin_recorders(self, core: int) -> None:
        """They inherit the server's core; they belong on another."""
        for pid in self.processes()[1]:
            pin(pid, core)

    def cpu(self) -> tuple[Cpu, Cpu]:
        """Of the server's own processes and of its recorders."""
        own, recorders = self.processes()
        return cpu_of(own), cpu_of(recorders)

    def memory_kib(self) -> int:
        """Of the server's own processes."""
        return resident_kib(self.processes()[0])

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._directory.cleanup()


def settings_text(settings: Mapping[str, object], directory: Path) -> str:
    """A configuration file. Values are strings, numbers and truth values."""
    top: list[str] = []
    sections: dict[str, list[str]] = {}
    for key, value in settings.items():
        text = value.replace("{directory}", str(directory)) if isinstance(value, str) else value
        section, _, name = key.rpartition(".")
        line = f"{name} = {json.dumps(text)}"
        (sections.setdefault(section, []) if section else top).append(line)
    return "\n".join(top + [line for name, lines in sections.items() for line in (f"[{name}]", *lines)]) + "\n"
