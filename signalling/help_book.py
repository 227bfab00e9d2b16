"""The help: chapters in Markdown under docs/, rendered with anchors, and searched without regard to accents."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from reception.search_text import search_text
from signalling.help_parts import insert_parts

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")
FOLDERS: Mapping[Language, str] = {"vi": "huong-dan", "en": "guides"}
CONTENTS = "muc-luc.toml"  # beside the Vietnamese chapters
MAX_HITS = 30
EXCERPT_CHARS = 180
_ID = re.compile(r"<!--\s*#([a-z0-9-]+)\s*-->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What stands under one heading. `anchor`: its id in the chapter; "" before the first heading. `text`: plain."""

    anchor: str
    title: str
    level: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One file, rendered. `html`: of this project's own text, safe to show."""

    id: str
    group: str
    title: str
    summary: str
    html: str
    sections: tuple[Section, ...]

    @property
    def anchors(self) -> frozenset[str]:
        """Every id that a link may name."""
        return frozenset(re.findall(r'id="([^"]+)"', self.html))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Chapters that belong together."""

    id: str
    title: str
    chapters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Where the words of a search were found."""

    chapter: str
    anchor: str
    title: str
    section: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The help in one language. `pages`: route of the app → "chapter" or "chapter#anchor"; `roles`: role → chapter."""

    language: Language
    groups: tuple[Group, ...]
    chapters: Mapping[str, Chapter]
    pages: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

    def has(self, target: str) -> bool:
        """Whether a "chapter#anchor" leads somewhere."""
        name, _, anchor = target.partition("#")
        chapter = self.chapters.get(name)
        return chapter is not None and (not anchor or anchor in chapter.anchors)

    def search(self, words: str) -> list[Hit]:
        """Sections in which every word stands, those that have them in their title first."""
        wanted = search_text([words]).split()
        if not wanted:
            return []
        found: list[tuple[int, int, Hit]] = []
        for chapter in self.chapters.values():
            for place, section in enumerate(chapter.sections):
                score = _score(wanted, chapter, section)
                if score is not None:
                    found.append((-score, place, _hit(wanted, chapter, section)))
        return [hit for _, _, hit in sorted(found, key=lambda each: each[:2])[:MAX_HITS]]


def _score(wanted: Iterable[str], chapter: Chapter, section: Section) -> int | None:
    """How well a section fits; None: a word is missing."""
    own = section.title if section.anchor else chapter.title  # what stands first is about the whole chapter
    title, above, text = (search_text([each]) for each in (own, chapter.title, section.text))
    wanted = list(wanted)
    if not all(word in title or word in above or word in text for word in wanted):
        return None
    phrase = " ".join(wanted)
    if not (any(word in title or word in text for word in wanted)):
        return None
    return sum(
        (
            8 * (phrase in title),
            6 * (phrase in above),
            4 * (phrase in text),
            2 * sum(word in title for word in wanted),
            sum(word in above for word in wanted),
        )
    )


def _hit(wanted: list[str], chapter: Chapter, section: Section) -> Hit:
    plain = [search_text([word]) for word in section.text.split()]
    first = next((index for index, word in enumerate(plain) if any(each in word for each in wanted)), 0)
    words = section.text.split()[max(0, first - 6) :]
    excerpt = " ".join(words)
    if len(excerpt) > EXCERPT_CHARS:
        excerpt = excerpt[:EXCERPT_CHARS].rsplit(" ", 1)[0] + "…"
    excerpt = ("… " if first > 6 else "") + excerpt
    return Hit(chapter=chapter.id, anchor=section.anchor, title=chapter.title, section=section.title, excerpt=excerpt)


def docs_root() -> Path:
    """Where the chapters and their pictures are: in an installed package, or in the checkout."""
    beside = Path(__file__).parents[1]
    checkout = beside / "docs"
    return checkout if (checkout / FOLDERS["vi"] / CONTENTS).exists() else beside / "diemcau_docs"


@cache
def book(language: Language) -> Book:
    """The help in this language, read and rendered at the first call."""
    return load_book(docs_root(), language)


def load_book(root: Path, language: Language) -> Book:
    """Read and render. Raises OSError, tomllib.TOMLDecodeError, ValueError: a chapter is faulty."""
    contents = tomllib.loads((root / FOLDERS["vi"] / CONTENTS).read_text(encoding="utf-8"))
    groups = tuple(
        Group(id=each["id"], title=each[language], chapters=tuple(each["chapters"])) for each in contents["group"]
    )
    chapters = {
        name: render_chapter(
            (root / FOLDERS[language] / f"{name}.md").read_text(encoding="utf-8"), name, group.id, language
        )
        for group in groups
        for name in group.chapters
    }
    return Book(language=language, groups=groups, chapters=chapters, pages=contents["pages"], roles=contents["roles"])


def render_chapter(text: str, name: str, group: str, language: Language) -> Chapter:
    """A chapter from its Markdown. Raises ValueError: it has no title."""
    markdown = MarkdownIt("commonmark", {"html": True, "typographer": False}).enable("table")
    tokens = markdown.parse(insert_parts(text, language))
    title, tokens = _take_title(tokens, name)
    sections = _anchored(tokens)
    for token in tokens:
        _link(token)
    summary = next((each.text for each in sections if each.text), "")
    return Chapter(
        id=name,
        group=group,
        title=title,
        summary=summary[:EXCERPT_CHARS],
        html=str(markdown.renderer.render(tokens, markdown.options, {})),
        sections=tuple(each for each in sections if each.text or each.anchor),
    )


def _take_title(tokens: list[Token], name: str) -> tuple[str, list[Token]]:
    if len(tokens) < 3 or tokens[0].tag != "h1":
        raise ValueError(f"{name}.md must begin with its title: # …")
    return _plain(tokens[1]), tokens[3:]


def _anchored(tokens: list[Token]) -> list[Section]:
    """Gives each heading its id, and the plain text under it."""
    sections: list[Section] = []
    anchor, title, level, texts = "", "", 1, list[str]()
    given, used = "", set[str]()
    for index, token in enumerate(tokens):
        if token.type == "html_block":
            found = _ID.search(token.content)
            given = found[1] if found else given
            texts.append(re.sub(r"<[^>]*>", " ", token.content) if not found else "")
        elif token.type == "heading_open":
            sections.append(Section(anchor=anchor, title=title, level=level, text=_line(texts)))
            title, level, texts = _plain(tokens[index + 1]), int(token.tag[1]), []
            anchor = _unused(given or slug(title), used)
            token.attrSet("id", anchor)
            given = ""
        elif token.type == "inline" and tokens[index - 1].type != "heading_open":
            texts.append(_plain(token))
        elif token.type in ("fence", "code_block"):
            texts.append(token.content)
    sections.append(Section(anchor=anchor, title=title, level=level, text=_line(texts)))
    return sections


def _unused(anchor: str, used: set[str]) -> str:
    name, number = anchor, 1
    while name in used:
        number += 1
        name = f"{anchor}-{number}"
    used.add(name)
    return name


def _line(texts: Iterable[str]) -> str:
    return html.unescape(" ".join(" ".join(texts).split()))


def _plain(token: Token) -> str:
    return "".join(
        " " if each.type == "softbreak" else each.content
        for each in token.children or []
        if each.type in ("text", "code_inline", "softbreak")
    )


def slug(title: str) -> str:
    """A heading's id: small letters without accents, words joined by "-"."""
    return "-".join(re.findall(r"[a-z0-9]+", search_text([title])))


def _link(token: Token) -> None:
    """Links between chapters and to pictures are those of the app; others open apart."""
    for each in token.children or []:
        if each.type == "link_open":
            target = str(each.attrGet("href"))
            if re.match(r"[a-z-]+\.md(#.*)?$", target):
                each.attrSet("href", "/help/" + target.replace(".md", "", 1))
            elif not target.startswith("#"):
                each.attrSet("target", "_blank")
                each.attrSet("rel", "noopener")
        elif each.type == "image":
            each.attrSet("src", str(each.attrGet("src")).replace("../images/", "/help/images/"))
            each.attrSet("loading", "lazy")
