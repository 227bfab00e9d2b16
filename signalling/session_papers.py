"""Everything that is kept of a session beside its recording, as files: what its package is made of."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reception.audit import AuditFilter
from reception.case_records import masked
from reception.minutes import Minutes, Signature
from reception.records import SessionRecord
from recorder.custody import read_log
from signalling.document_files import document_files
from signalling.minutes_files import document_path, scan_path
from signalling.minutes_signatures import signatures_of
from signalling.preflight_service import preflight_view
from signalling.rules import shown_in

if TYPE_CHECKING:
    from signalling.services import Services

README = """HỒ SƠ BUỔI TIẾP CÔNG DÂN TRỰC TUYẾN
===================================
Thư mục này là hồ sơ của buổi tiếp, đi cùng bản ghi trong thư mục bên ngoài. package.json liệt kê từng tệp với mã băm
SHA-256 và được ký bằng khóa của máy ghi; lệnh  diemcau recording verify  (hoặc python verify.py) kiểm tra cả hồ sơ.

session.json    buổi tiếp: kế hoạch, điểm cầu, thành phần, kịch bản, các mốc đã thực hiện
minutes.json    biên bản và tình trạng ký của từng điểm cầu; minutes/ là biên bản và bản quét đã ký
case.json       công dân (số giấy tờ được che), vụ việc, ghi chép, kết luận; documents/ là tài liệu tiếp nhận
preflight.json  kiểm tra kỹ thuật          events.jsonl  diễn biến buổi tiếp
audit.jsonl     nhật ký hệ thống về buổi tiếp này          access-log.jsonl  ai đã xem, sao chép bản ghi
room.json       sự cố, cảnh báo, thông báo, điểm danh
rules.json      nội quy, quy chế, thông báo ghi âm ghi hình: phiên bản nào đã được ai xác nhận, toàn văn từng phiên bản

FILE OF AN ONLINE CITIZEN RECEPTION
===================================
This directory is the session's file; it goes with the recording in the directory around it. package.json lists each
file with its SHA-256 and is signed with the recorder's key; diemcau recording verify (or python verify.py) checks it.
JSON is UTF-8, times are UTC; a .jsonl file has one object a line. Numbers of identity papers are masked.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What changes a session's package when it changes. documents: the files of the case, by path in the package."""

    minutes: Minutes
    signatures: list[Signature]
    case: dict[str, Any]
    documents: dict[str, Path]

    def digest(self) -> str:
        """Of all of it: a package that was made of something else is out of date."""
        facts = [self.minutes, self.signatures, self.case, sorted(self.documents)]
        return hashlib.sha256(as_json(facts)).hexdigest()


async def papers_of(services: Services, record: SessionRecord) -> Papers:
    """Minutes, signatures and the case as they are now."""
    case, documents = await _case(services, record)
    return Papers(
        minutes=await services.store.minutes.of(record.id),
        signatures=await signatures_of(services, record),
        case=case,
        documents=documents,
    )


async def _case(services: Services, record: SessionRecord) -> tuple[dict[str, Any], dict[str, Path]]:
    """The case with the numbers of identity papers masked, and its documents' files."""
    case = await services.case.case_file(record.id)
    citizens = [{**asdict(each), "id_number": masked(each.id_number)} for each in case.citizens]
    parts = {"matters": case.matters, "notes": case.notes, "conclusions": case.conclusions}
    files = document_files(services.data, case.documents)
    documents = [{**asdict(each.document), "file": f"documents/{each.name}"} for each in files]
    facts = {"citizens": citizens, **parts, "documents": documents}
    return facts, {f"documents/{each.name}": each.path for each in files}


async def content_of(services: Services, record: SessionRecord, papers: Papers) -> dict[str, bytes | Path]:
    """The files of a package by their path in it."""
    data, store = services.data, services.store
    minutes = papers.minutes
    found: dict[str, bytes | Path] = {
        "README.txt": README.encode(),
        "session.json": as_json(await _session(services, record)),
        "minutes.json": as_json({"minutes": minutes, "signatures": papers.signatures}),
        "case.json": as_json(papers.case),
        "preflight.json": (await preflight_view(services, record)).model_dump_json(indent=1).encode(),
        "events.jsonl": _lines(await store.events(record.id)),
        "room.json": as_json(await services.rooms.load(record.id)),
        "rules.json": as_json(await shown_in(services, record)),
        "audit.jsonl": await _audit(services, record.id),
        "access-log.jsonl": _lines(await asyncio.to_thread(read_log, data, record.id)),
        **papers.documents,
    }
    for number, scan in enumerate(minutes.scans, start=1):
        found[f"minutes/scan-{number:02d}.pdf"] = scan_path(data, record.id, scan.sha256)
    if minutes.sha256:
        found["minutes/bien-ban.docx"] = document_path(data, record.id, minutes.sha256)
    return {name: each for name, each in found.items() if isinstance(each, bytes) or each.exists()}


async def _session(services: Services, record: SessionRecord) -> dict[str, Any]:
    """Without what lets somebody in: links are made anew from their serial."""
    course = services.store.course
    values = asdict(record)
    for endpoint in values["endpoints"]:
        for name in ("link_serial", "link_from", "link_revoked"):
            del endpoint[name]
    return {**values, "script": await course.script(record.id), "marks": await course.marks(record.id)}


async def _audit(services: Services, session_id: str) -> bytes:
    """The lines of the audit log that are about the session or its recording, in order."""
    log = services.audit.log
    found = {}
    for name in (f"sessions/{session_id}", f"recordings/{session_id}"):
        async for entry in log.stream(AuditFilter(object=name)):
            found[entry.sequence] = entry.as_json()
    return "".join(f"{found[number]}\n" for number in sorted(found)).encode()


def _lines(values: Iterable[object]) -> bytes:
    return b"".join(as_json(value, indent=None) + b"\n" for value in values)


def as_json(value: object, *, indent: int | None = 1) -> bytes:
    """UTF-8, the same each time."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=indent, default=_plain).encode()


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if not isinstance(value, tuple) else list(value)
    return str(value)
