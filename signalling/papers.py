"""Papers become files: facts gathered, template filled in a process of its own, so that no packet waits for it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from config.models import PapersSettings
from config.words import Words
from reception.papers.compose import Content, csv_table
from reception.papers.faults import BrokenTemplate, NoPdf, TemplateFault
from reception.papers.kinds import MEDIA_TYPES, Format, Paper
from reception.papers.render import office_program
from reception.papers.tables import csv_text
from reception.papers.templates import find_template

AT_ONCE = 2  # files that are made at the same time
GRACE_S = 15.0  # beyond the time limit, which LibreOffice itself is held to


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePaper:
    """A file. name: as it is offered for saving. version: of the texts cited."""

    name: str
    format: Format
    content: bytes

    @property
    def media_type(self) -> str:
        """For HTTP."""
        return MEDIA_TYPES[self.format]

    @property
    def sha256(self) -> str:
        """Of the content."""
        return hashlib.sha256(self.content).hexdigest()


class TimeIsUp(Exception):
    """A file was not made in its time."""


class PaperMaker:
    """One for the process. data: where the office's own templates are."""

    def __init__(self, settings: PapersSettings, *, data: Path) -> None:
        self._settings, self._data = settings, data
        self._turn = asyncio.Semaphore(AT_ONCE)

    @property
    def makes_pdf(self) -> bool:
        """Whether LibreOffice is there."""
        return bool(office_program(self._settings.soffice))

    async def make(self, paper: Paper, content: Content, wanted: Format, *, about: str, table: str = "") -> MadePaper:
        """A file. about: the end of its name, e.g. the session's number. table: of a CSV, which one.

        Raises BrokenTemplate, NoPdf, TimeIsUp, NoSuchTable, OSError.
        """
        name = f"{paper.file}-{about}.{wanted}" if about else f"{paper.file}.{wanted}"
        if wanted is Format.CSV:
            text = await asyncio.to_thread(lambda: csv_text(csv_table(paper.kind, content, table)))
            return MadePaper(name=name, format=wanted, content=text.encode())
        async with self._turn:
            return MadePaper(name=name, format=wanted, content=await self._rendered(paper, content, wanted))

    async def _rendered(self, paper: Paper, content: Content, wanted: Format) -> bytes:
        template = find_template(paper.template(wanted), self._data)
        sheets = wanted is Format.XLSX
        with tempfile.TemporaryDirectory(prefix="diemcau-paper-") as folder:
            output = Path(folder) / f"paper.{wanted}"
            request = {
                "template": str(template.path),
                "format": wanted,
                "context": content.context if sheets else content.for_docx(),
                "tables": content.for_xlsx() if sheets else [],
                "output": str(output),
                "soffice": office_program(self._settings.soffice),
                "limit_s": self._settings.time_limit_s,
            }
            _raise_for(await self._run(request))
            return await asyncio.to_thread(output.read_bytes)

    async def _run(self, request: dict[str, Any]) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "reception.papers.render"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        told = await asyncio.to_thread(lambda: json.dumps(request, ensure_ascii=False).encode())
        try:
            async with asyncio.timeout(self._settings.time_limit_s + GRACE_S):
                out, err = await process.communicate(told)
        except TimeoutError:
            raise TimeIsUp(f"{self._settings.time_limit_s:g} s") from None
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode != 0:
            raise OSError(f"the process that makes papers failed: {err.decode(errors='replace')[-2000:]}")
        answer: dict[str, Any] = json.loads(out)
        return answer


def _raise_for(answer: dict[str, Any]) -> None:
    if "no_pdf" in answer:
        raise NoPdf(Words(*answer["no_pdf"]))
    if "fault" in answer:
        told = answer["fault"]
        words = {name: Words(*told[name]) for name in ("place", "what", "remedy")}
        raise BrokenTemplate(TemplateFault(template=told["template"], **words))


def disposition(way: str, name: str) -> str:
    """A Content-Disposition (RFC 6266), with the file's name as old and as new browsers read it. way: inline or
    attachment."""
    return f"{way}; filename=\"{name}\"; filename*=UTF-8''{quote(name)}"
