"""Makes papers from a data directory without a server, for `diemcau paper`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from config.models import Settings
from config.office_texts import load_texts
from reception.audit import AuditLog
from reception.event_words import VIETNAM
from reception.papers.compose import Content, NoSuchTable, period_paper, session_paper
from reception.papers.facts import SessionFacts
from reception.papers.faults import BrokenTemplate, NoPdf
from reception.papers.kinds import Format, Paper
from reception.papers.statistics import Selection, statistics
from reception.permissions import Extent, Role
from reception.records import SessionRecord
from reception.session_query import SessionFilter
from reception.store import NotFound, Store
from signalling.audit import Audit
from signalling.papers import PaperMaker, TimeIsUp
from signalling.papers_check import Tried, try_all
from signalling.papers_gather import gather, sources_of, surveyed_rooms
from signalling.papers_period import gather_period
from signalling.papers_views import selection_of
from signalling.problems import Problem
from signalling.tokens import Bearer

T = TypeVar("T")


class CannotMake(Exception):
    """The paper cannot be made; says why."""


class Desk:
    """The papers of a data directory."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings, self._store = settings, store
        self._data = settings.server.data
        self._sources = sources_of(settings, store)
        self._maker = PaperMaker(settings.papers, data=self._data)
        self._audit = Audit(AuditLog(store.engine, keys=self._data / "keys"))
        self._texts = load_texts(self._data)

    async def session_paper(
        self, session: str, paper: Paper, wanted: Format, output: Path | None, *, endpoint: str, table: str
    ) -> Path:
        """Write it; where it is. Raises CannotMake."""
        record = await self._session(session)
        room = _endpoint(record, endpoint) if endpoint else ""
        facts = await gather(self._sources, record, self._texts)
        content = session_paper(paper.kind, facts, room=room)
        return await self._write(paper, content, wanted, output, about=record.code, object=record.id, table=table)

    async def _session(self, session: str) -> SessionRecord:
        try:
            return await self._store.session(session)
        except NotFound:
            found, _ = await self._store.sessions(SessionFilter(words=session, limit=50))
            for each in found:
                if each.code == session:
                    return each
        raise CannotMake(f"Không có buổi tiếp {session}. / There is no session {session}.")

    async def figures(self, query: Mapping[str, str]) -> dict[str, Any]:
        """Statistics as JSON. Raises CannotMake."""
        selection = _selection(query)
        found = statistics(
            await self._held(selection, technical=False), selection, self._texts, today=datetime.now(VIETNAM).date()
        )
        total = {name: getattr(found.total, name) for name in found.total.__slots__}
        tables = {each.key: [dict(row) for row in each.rows] for each in found.tables}
        return {"sessions": found.sessions, "total": total, "tables": tables}

    async def report(
        self, paper: Paper, wanted: Format, query: Mapping[str, str], output: Path | None, *, table: str
    ) -> Path:
        """Write it; where it is. Raises CannotMake."""
        selection = _selection(query)
        registry = paper.kind == "equipment"
        held = [] if registry else await self._held(selection, technical=paper.kind == "annex")
        rooms = await surveyed_rooms(self._sources) if registry else []
        content = period_paper(paper.kind, held, selection, self._texts, now=datetime.now(UTC), rooms=rooms)
        days = [each.isoformat() for each in (selection.begins, selection.ends) if each]
        return await self._write(paper, content, wanted, output, about="-".join(days), object="reports", table=table)

    async def _held(self, selection: Selection, *, technical: bool) -> list[SessionFacts]:
        begins = datetime.combine(selection.begins, datetime.min.time(), VIETNAM) if selection.begins else None
        ends = datetime.combine(selection.ends, datetime.min.time(), VIETNAM) if selection.ends else None
        held = await self._store.reports.held(begins=begins, ends=ends + timedelta(days=1) if ends else None)
        return await gather_period(self._sources, held, self._texts, extent=Extent.FULL, technical=technical)

    async def _write(
        self,
        paper: Paper,
        content: Content,
        wanted: Format,
        output: Path | None,
        *,
        about: str,
        object: str,
        table: str,
    ) -> Path:
        try:
            made = await self._maker.make(paper, content, wanted, about=about, table=table)
        except BrokenTemplate as error:
            raise CannotMake(str(error.fault.words)) from None
        except NoPdf as error:
            raise CannotMake(str(error.reason)) from None
        except NoSuchTable as error:
            raise CannotMake(f"--table {table}: one of {error}") from None
        except TimeIsUp as error:
            raise CannotMake(f"Quá thời gian / the time was up: {error}") from None
        path = output or Path(made.name)
        try:
            path.write_bytes(made.content)
        except OSError as error:
            raise CannotMake(f"{path}: {error.strerror}") from None
        bearer = Bearer(role=Role.ADMIN, name="console", console=True)
        facts = {"paper": paper.kind, "format": str(wanted), "sha256": made.sha256}
        await self._audit.note(bearer, f"get_paper_{paper.kind}", object=object, facts=facts)
        return path

    async def try_templates(self) -> list[Tried]:
        """All of them."""
        return await try_all(self._maker, self._texts)


def _endpoint(record: SessionRecord, wanted: str) -> str:
    for each in record.endpoints:
        if wanted in (each.id, each.name):
            return each.id
    names = ", ".join(each.name for each in record.endpoints)
    raise CannotMake(f"--endpoint {wanted}: one of {names}")


def _selection(query: Mapping[str, str]) -> Selection:
    try:
        return selection_of(query)
    except Problem as problem:
        raise CannotMake(f"--{problem.detail}") from None


async def at_desk(settings: Settings, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Open the store, do the work, close it. Raises CannotMake, ConfigError."""
    from diemcau.logs import configure_logs

    configure_logs(settings.log.model_copy(update={"level": "warning"}))
    store = await Store.open(settings.store_location)
    try:
        return await work(Desk(settings, store))
    finally:
        await store.close()
