"""One case of the simulator on shaped lines: the real server, a synthetic endpoint in each namespace."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bandwidth.simulation.bottleneck import LineState
from bandwidth.simulation.case import SITE, SimulationCase
from bandwidth.simulation.lines import line_states
from bandwidth.simulation.samples import SAMPLE_S
from benchmarks.clip import load_clip
from benchmarks.profile_file import profile_text
from benchmarks.shaped.adapting import EVERYTHING_BPS
from benchmarks.shaped.network import ShapedLine, ShapedNetwork
from benchmarks.shaped.seat import SeatPlan, clip_of
from config.profile import Profile

PORT = 8080
ROOT = Path(__file__).parents[2]
CONFIGURATION = "measure.toml"
JOIN_S = 30.0
TIGHT_BELOW = 1.25  # times all that is ever sent, as in the simulator


@dataclass(slots=True)
class Process:
    """A child in a namespace that prints JSON, kept until its end."""

    process: subprocess.Popen[bytes]
    output: Path

    def lines(self) -> list[dict[str, Any]]:
        """What it has printed so far, whole lines only."""
        text = self.output.read_text(encoding="utf-8")
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines() if line.startswith("{")]

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class Measured:
    """What a run gave, by endpoint: the seats' and the watcher's lines, and (at_s, bytes) waiting on the way down."""

    begun_s: float
    seats: dict[str, list[dict[str, Any]]]
    watched: list[dict[str, Any]]
    ids: dict[str, str]
    waiting: dict[str, list[tuple[float, int]]] = field(default_factory=dict)


class ShapedRun:
    """`profile` as the case has changed it. Use `run` once."""

    def __init__(self, case: SimulationCase, profile: Profile, *, prefix: str = "simulate") -> None:
        self._case, self._profile = case, profile
        self._changes = {name: self._states(name) for name in (SITE, *case.names)}
        self._network = ShapedNetwork(prefix, {name: self.line(name, 0.0) for name in self._changes})
        self._waiting: dict[str, list[tuple[float, int]]] = {name: [] for name in case.names}

    def _states(self, name: str) -> tuple[list[LineState], list[LineState]]:
        return tuple(line_states(self._case, self._profile, name, up=up) for up in (True, False))  # type: ignore[return-value]

    def line(self, name: str, at: float) -> ShapedLine:
        up, down = ([state for state in states if state.since_s <= at + 1e-9][-1] for states in self._changes[name])
        return ShapedLine(up_bps=int(up.rate_bps), down_bps=int(down.rate_bps), queue_s=down.queue_s)

    def run(self) -> Measured:
        """Build, run for the case's time, take down. Raises RuntimeError if something does not start."""
        for number in range(len(self._case.names)):
            load_clip(clip_of(number))  # encoded once, before the clock runs
        with ExitStack() as stack:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="diemcau-shaped-")))
            stack.callback(self._network.close)
            self._network.open()
            server = self._serve(directory, stack)
            token = _until(lambda: _token(server), "the server prints its link")
            session = self._create(token)
            seats = self._seats(session, directory, stack)
            for name, seat in seats.items():
                _until(seat.lines, f"{name} joins")
            watcher = self._start(
                SITE, ["-m", "benchmarks.shaped.watch", self._base, token, session["id"]], directory / "watch", stack
            )
            self._call(token, "POST", f"/sessions/{session['id']}/start")
            begun = time.monotonic()
            self._let_pass(begun)
            ids = {name: facts["id"] for name, facts in zip(self._case.names, session["endpoints"], strict=True)}
            reports = {name: [line for line in seat.lines() if "at_s" in line] for name, seat in seats.items()}
            return Measured(begun, reports, watcher.lines(), ids, self._waiting)

    @property
    def _base(self) -> str:
        return f"http://{self._network.address(SITE)}:{PORT}"

    def _start(self, host: str, arguments: list[str], output: Path, stack: ExitStack) -> Process:
        return self._spawn(self._network.inside(host, [sys.executable, *arguments]), output, stack)

    def _spawn(self, command: list[str], output: Path, stack: ExitStack) -> Process:
        with output.open("wb") as out, output.with_suffix(".err").open("wb") as errors:
            started = subprocess.Popen(command, stdout=out, stderr=errors, cwd=ROOT)
        process = Process(started, output)
        stack.callback(process.stop)
        return process

    def _serve(self, directory: Path, stack: ExitStack) -> Path:
        measured = self._profile.model_copy(update={"name": "measured"})
        (directory / "measured.toml").write_text(profile_text(measured), encoding="utf-8")
        settings = f'default_profile = "measured"\nprofiles_dir = "{directory}"\n'
        (directory / CONFIGURATION).write_text(settings, encoding="utf-8")
        diemcau = str(Path(sys.executable).with_name("diemcau"))
        command = [diemcau, "serve", "--config", str(directory / CONFIGURATION), "--host", self._network.address(SITE)]
        command += ["--port", str(PORT), "--data", str(directory / "data")]
        output = directory / "server"
        self._spawn(self._network.inside(SITE, command), output, stack)
        return output

    def _create(self, token: str) -> dict[str, Any]:
        names = [{"name": name} for name in self._case.names[1:]]
        body = {"title": "Đo", "kind": "rehearsal", "central": {"name": "central"}, "delegates": names}
        session: dict[str, Any] = self._call(token, "POST", "/sessions", body)
        return session

    def _seats(self, session: dict[str, Any], directory: Path, stack: ExitStack) -> dict[str, Process]:
        case = self._case
        ids = dict(zip(case.names, (each["id"] for each in session["endpoints"]), strict=True))
        found = {}
        for number, (name, facts) in enumerate(zip(case.names, session["endpoints"], strict=True)):
            stage = case.stage_of(name)
            plan = SeatPlan(
                token=facts["token"],
                number=number,
                stage=ids[stage],
                others=[ids[each] for each in case.names if each not in (name, stage)],
                speaks_loudest=name == case.speaker,
                adapts=min(state.rate_bps for state in self._changes[name][0]) < TIGHT_BELOW * EVERYTHING_BPS,
                loss=case.loss_percent / 100 if number else 0.0,
            )
            arguments = ["-m", "benchmarks.shaped.seat", self._base, json.dumps(asdict(plan))]
            found[name] = self._start(name, arguments, directory / name, stack)
        return found

    def _call(self, token: str, method: str, path: str, body: Any = None) -> Any:
        command = ["curl", "-sf", "-X", method, "-H", f"Authorization: Bearer {token}", f"{self._base}/api/v1{path}"]
        if body is not None:
            command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        done = subprocess.run(self._network.inside(SITE, command), check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    def _let_pass(self, begun: float) -> None:
        """The case's time: lines change when they should, queues are looked at each half second."""
        moments = sorted({change.at_s for change in self._case.changes if change.at_s > 0})
        for step in range(round(self._case.seconds / SAMPLE_S)):
            now = step * SAMPLE_S
            while moments and moments[0] <= now:
                moment = moments.pop(0)
                for name in self._changes:
                    line = self.line(name, moment)
                    if line != self._network.lines[name]:
                        self._network.change(name, line)
            for name in self._case.names:
                self._waiting[name].append((now, self._network.waiting_bytes(name)))
            time.sleep(max(0.0, begun + now + SAMPLE_S - time.monotonic()))


def _token(output: Path) -> str:
    return next((line.partition("#token=")[2] for line in output.read_text().splitlines() if "#token=" in line), "")


def _until(condition: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + JOIN_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise RuntimeError(f"not within {JOIN_S:.0f} s: {what}")
