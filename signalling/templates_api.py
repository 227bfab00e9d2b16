"""The office's own templates and texts over the API: looked at, put in place once they are right, taken away again."""

from __future__ import annotations

import asyncio
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from pydantic import BaseModel

from config.office_texts import OfficeTexts, check_texts, load_texts, own_texts_path, shipped_texts
from config.problems import ConfigError
from reception.papers.faults import BrokenTemplate
from reception.papers.kinds import MEDIA_TYPES, TEMPLATES, Format
from reception.papers.templates import find_template, own_folder
from reception.permissions import Extent, Permission
from signalling.papers import PaperMaker, TimeIsUp, disposition
from signalling.papers_check import paper_of, try_template
from signalling.papers_making import broken, texts_of, too_slow, wrong_texts
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route

MAX_BYTES = 5_000_000
MAX_TEXT_BYTES = 200_000
_CHUNK = 1 << 16
TEXTS = "legal.toml"


class TemplateView(BaseModel):
    """A template, or (`legal.toml`) the texts. own: the office's. titles: of the papers it is for."""

    name: str
    title: str
    title_en: str
    own: bool
    changed_at: datetime | None
    bytes: int


class TemplateList(BaseModel):
    """All of them. texts_version: of the texts in force. texts_fault: why the office's own texts are refused, or ""."""

    templates: list[TemplateView]
    texts_version: str
    texts_fault: str = ""
    texts_fault_en: str = ""


async def list_templates(call: Call) -> BaseModel:
    """GET /paper-templates."""
    return await _list(call)


async def _list(call: Call) -> TemplateList:
    data = call.services.data
    found = await asyncio.to_thread(lambda: [_view(name, data) for name in (TEXTS, *TEMPLATES)])
    try:
        return TemplateList(templates=found, texts_version=texts_of(call).version)
    except Problem as problem:  # whoever mends them needs the list all the same
        vi, en = problem.extra["reason_vi"], problem.extra["reason_en"]
        return TemplateList(templates=found, texts_version="", texts_fault=vi, texts_fault_en=en)


def _view(name: str, data: Path) -> TemplateView:
    if name == TEXTS:
        path, own = own_texts_path(data), own_texts_path(data).exists()
        title, title_en = "Văn bản dẫn chiếu (căn cứ, thời hạn, cột sổ)", "Texts cited (bases, deadlines, register)"
        size = path.stat().st_size if own else len(shipped_texts().encode())
    else:
        template, title_of = find_template(name, data), paper_of(name)[0].title
        path, own, (title, title_en) = template.path, template.own, title_of
        size = path.stat().st_size
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC) if own else None
    return TemplateView(name=name, title=title, title_en=title_en, own=own, changed_at=changed, bytes=size)


async def get_template(call: Call) -> web.StreamResponse:
    """GET /paper-templates/{name}."""
    name, data = _known(call), call.services.data
    if name == TEXTS:
        path = own_texts_path(data)
        content = await asyncio.to_thread(path.read_bytes) if path.exists() else shipped_texts().encode()
        kind = "application/toml; charset=utf-8"
    else:
        content = await asyncio.to_thread(find_template(name, data).path.read_bytes)
        kind = MEDIA_TYPES[Format(name.rpartition(".")[2])]
    headers = {
        "Content-Type": kind,
        "Content-Disposition": disposition("attachment", name),
    }
    return web.Response(body=content, headers=headers)


def _known(call: Call) -> str:
    name = call.path("name")
    if name not in (TEXTS, *TEMPLATES):
        raise not_found("template")
    return name


async def put_template(call: Call) -> BaseModel:
    """PUT /paper-templates/{name}: the body is the file; it is tried before it takes effect."""
    name, data = _known(call), call.services.data
    content = await _received(call, MAX_TEXT_BYTES if name == TEXTS else MAX_BYTES)
    if name == TEXTS:
        _checked_texts(content)
        await asyncio.to_thread(_keep, own_texts_path(data), content)
    else:
        await _tried(call, name, content)
        await asyncio.to_thread(_keep, own_folder(data) / name, content)
    call.facts.update({"template": name, "bytes": len(content)})
    return await _list(call)


async def _received(call: Call, limit: int) -> bytes:
    """The body. Raises Problem 413."""
    found = bytearray()
    async for chunk in call.request.content.iter_chunked(_CHUNK):
        found += chunk
        if len(found) > limit:
            vi, en = f"Tệp lớn quá {limit // 1000} kB.", f"The file has more than {limit // 1000} kB."
            raise Problem(413, "too_large", en, en, reason_vi=vi, reason_en=en)
    return bytes(found)


def _checked_texts(content: bytes) -> OfficeTexts:
    try:
        return check_texts(content.decode("utf-8-sig"), source=TEXTS)
    except UnicodeDecodeError as error:
        vi, en = "Tệp không phải UTF-8.", "The file is not UTF-8."
        raise Problem(409, "invalid_texts", en, str(error), reason_vi=vi, reason_en=en) from None
    except ConfigError as error:
        raise wrong_texts(error) from None


async def _tried(call: Call, name: str, content: bytes) -> None:
    """Fill it with a made-up session. Raises Problem 409 that names place and remedy."""
    with tempfile.TemporaryDirectory(prefix="diemcau-template-") as folder:
        await asyncio.to_thread(_keep, own_folder(Path(folder)) / name, content)
        maker = PaperMaker(call.services.settings.papers, data=Path(folder))
        try:
            tried = await try_template(maker, load_texts(None), name)
        except TimeIsUp as error:
            raise too_slow(error) from None
    if tried.fault is not None:
        raise broken(BrokenTemplate(tried.fault))


def _keep(path: Path, content: bytes) -> None:
    """Whole or not at all; on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).replace(path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


async def restore_template(call: Call) -> BaseModel:
    """DELETE /paper-templates/{name}: the product's is in force again; the office's own is kept aside as NAME.bak."""
    name, data = _known(call), call.services.data
    path = own_texts_path(data) if name == TEXTS else own_folder(data) / name
    if path.exists():
        await asyncio.to_thread(path.replace, path.with_name(f"{name}.bak"))
    call.facts["template"] = name
    return await _list(call)


_FULL = frozenset({Extent.FULL})
_T = "/api/v1/paper-templates"

ROUTES = [
    Route(
        method="GET",
        path=_T,
        handler=list_templates,
        summary="The papers' templates, which of them are the office's own, and the texts cited",
        permission=Permission.VIEW_SESSIONS,
        result=TemplateList,
    ),
    Route(
        method="GET",
        path=f"{_T}/{{name}}",
        handler=get_template,
        summary="A template as a file, to be edited",
        permission=Permission.VIEW_SESSIONS,
    ),
    Route(
        method="PUT",
        path=f"{_T}/{{name}}",
        handler=put_template,
        summary="Put the office's own template or texts in force; the body is the file, refused with place and remedy",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_FULL,
        result=TemplateList,
    ),
    Route(
        method="DELETE",
        path=f"{_T}/{{name}}",
        handler=restore_template,
        summary="Put the product's own template or texts in force again",
        permission=Permission.REGISTER_ENDPOINTS,
        extents=_FULL,
        result=TemplateList,
    ),
]
