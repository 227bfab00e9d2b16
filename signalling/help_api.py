"""The API's help: contents, chapters, search, and their files. Open to everybody: who cannot sign in needs it most."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web
from pydantic import BaseModel

from signalling.help_book import LANGUAGES, Book, Language, book, docs_root
from signalling.help_print import PrintingError, pdf_of, standalone
from signalling.problems import Problem, not_found
from signalling.routing import Call, Route
from signalling.services import Services

MAX_WORDS = 200


class ChapterEntry(BaseModel):
    """A line of the contents."""

    id: str
    title: str
    summary: str


class GroupEntry(BaseModel):
    """Chapters that belong together."""

    id: str
    title: str
    chapters: list[ChapterEntry]


class HelpContents(BaseModel):
    """`pages`: a route of the app → "chapter#anchor"; `roles`: a role → its guide."""

    language: Language
    groups: list[GroupEntry]
    pages: dict[str, str]
    roles: dict[str, str]


class SectionEntry(BaseModel):
    """A heading of a chapter."""

    anchor: str
    title: str
    level: int


class ChapterView(BaseModel):
    """A chapter as HTML, with its headings and the addresses of its files."""

    id: str
    title: str
    html: str
    sections: list[SectionEntry]
    html_url: str
    pdf_url: str


class HitView(BaseModel):
    """Where the words were found."""

    chapter: str
    anchor: str
    title: str
    section: str
    excerpt: str


class HitList(BaseModel):
    """What was found, the best first."""

    hits: list[HitView]


def _book(request: web.Request) -> Book:
    language = request.query.get("lang", "vi")
    for known in LANGUAGES:
        if known == language:
            return book(known)
    raise Problem(400, "invalid_query", "The query is not valid", "lang: vi or en.")


async def help_contents(call: Call) -> BaseModel:
    """GET /help."""
    found = _book(call.request)
    groups = [
        GroupEntry(
            id=group.id,
            title=group.title,
            chapters=[
                ChapterEntry(id=name, title=found.chapters[name].title, summary=found.chapters[name].summary)
                for name in group.chapters
            ],
        )
        for group in found.groups
    ]
    return HelpContents(language=found.language, groups=groups, pages=dict(found.pages), roles=dict(found.roles))


async def help_chapter(call: Call) -> BaseModel:
    """GET /help/chapters/{chapter}."""
    found = _book(call.request)
    chapter = found.chapters.get(call.path("chapter"))
    if chapter is None:
        raise not_found("chapter")
    end = "" if found.language == "vi" else "?lang=en"
    return ChapterView(
        id=chapter.id,
        title=chapter.title,
        html=chapter.html,
        sections=[
            SectionEntry(anchor=each.anchor, title=each.title, level=each.level)
            for each in chapter.sections
            if each.anchor
        ],
        html_url=f"/help/html/{chapter.id}.html{end}",
        pdf_url=f"/help/pdf/{chapter.id}.pdf{end}",
    )


async def help_search(call: Call) -> BaseModel:
    """GET /help/search?q=…"""
    hits = _book(call.request).search(call.request.query.get("q", "")[:MAX_WORDS])
    return HitList(
        hits=[
            HitView(
                chapter=each.chapter,
                anchor=each.anchor,
                title=each.title,
                section=each.section,
                excerpt=each.excerpt,
            )
            for each in hits
        ]
    )


class HelpFiles:
    """Pictures, and each chapter as one HTML file and as PDF."""

    def __init__(self, services: Services) -> None:
        self._cache = Path(services.settings.server.data) / "guides"
        self._one_at_a_time = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """Under /help, beside the app's own page of that name."""
        return [
            web.get("/help/images/{path:.+}", self._image),
            web.get("/help/html/{name}.html", self._html),
            web.get("/help/pdf/{name}.pdf", self._pdf),
        ]

    async def _image(self, request: web.Request) -> web.StreamResponse:
        root = (docs_root() / "images").resolve()
        path = (root / request.match_info["path"]).resolve()
        if path.suffix not in (".png", ".webp") or not path.is_relative_to(root) or not path.is_file():
            raise not_found("picture")
        return web.FileResponse(path, headers={"Cache-Control": "no-cache"})

    async def _html(self, request: web.Request) -> web.StreamResponse:
        found = _book(request)
        chapter = found.chapters.get(request.match_info["name"])
        if chapter is None:
            raise not_found("chapter")
        return web.Response(text=standalone(chapter, found), content_type="text/html")

    async def _pdf(self, request: web.Request) -> web.StreamResponse:
        found = _book(request)
        chapter = found.chapters.get(request.match_info["name"])
        if chapter is None:
            raise not_found("chapter")
        try:
            async with self._one_at_a_time:
                path = await asyncio.to_thread(pdf_of, chapter, found, self._cache)
        except PrintingError as error:
            raise Problem(
                503, "no_pdf", "PDF cannot be made on this server", str(error), reason_vi=error.reason_vi
            ) from None
        name = f"diem-cau-{chapter.id}.pdf"
        return web.FileResponse(
            path, headers={"Content-Disposition": f'inline; filename="{name}"', "Content-Type": "application/pdf"}
        )


_LANG = {"lang": "vi (default) or en"}
ROUTES = [
    Route(
        method="GET",
        path="/api/v1/help",
        handler=help_contents,
        summary="The help's contents, and which chapter belongs to which page",
        permission=None,
        query=_LANG,
        result=HelpContents,
    ),
    Route(
        method="GET",
        path="/api/v1/help/chapters/{chapter}",
        handler=help_chapter,
        summary="A chapter of the help",
        permission=None,
        query=_LANG,
        result=ChapterView,
    ),
    Route(
        method="GET",
        path="/api/v1/help/search",
        handler=help_search,
        summary="Sections of the help in which all words stand; accents do not matter",
        permission=None,
        query={"q": "the words", **_LANG},
        result=HitList,
    ),
]
