"""The help: what is rendered, what is found, and that nobody needs a token for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from pypdf import PdfReader

from config.models import ServerSettings, Settings
from reception.papers.render import office_program
from reception.store import Store
from recorder.service import Recorder
from sfu.server import MediaServer
from signalling import help_print
from signalling.app import make_app
from signalling.help_book import book, render_chapter, slug
from signalling.help_print import PrintingError, pdf_of, standalone
from signalling.services import Services
from signalling.tokens import Tokens

CHAPTER = """# Mất tiếng

Câu đầu. Xem [chương khác](thu-ky.md) và ![hình](../images/vi/a.png).

<!-- #rieng -->
## Tiêu đề có tên riêng

Chữ <b>đậm</b>.

## Đồ dùng

- một
- hai

## Đồ dùng
"""


def test_a_chapter_has_title_anchors_links_and_plain_text() -> None:
    chapter = render_chapter(CHAPTER, "x", "g", "vi")
    assert chapter.title == "Mất tiếng"
    assert [each.anchor for each in chapter.sections] == ["", "rieng", "do-dung", "do-dung-2"]
    assert chapter.sections[0].text.startswith("Câu đầu. Xem chương khác và")
    assert 'href="/help/thu-ky"' in chapter.html
    assert 'src="/help/images/vi/a.png"' in chapter.html
    assert chapter.anchors == {"rieng", "do-dung", "do-dung-2"}


def test_a_chapter_without_title_is_told() -> None:
    with pytest.raises(ValueError, match=r"x\.md must begin with its title"):
        render_chapter("Không có tên", "x", "g", "vi")


def test_what_the_program_says_itself_stands_in_the_chapter() -> None:
    text = "# T\n\n<!-- steps: recording -->\n\n<!-- alarms: recording -->\n"
    vietnamese = render_chapter(text, "x", "g", "vi")
    assert "Khởi động lại ghi hình <em>(một lần bấm)</em>" in vietnamese.html
    assert "canh-bao-disk-low" in vietnamese.anchors
    assert "Restart the recording" in render_chapter(text, "x", "g", "en").html
    with pytest.raises(ValueError, match="no playbook is called nothing"):
        render_chapter("# T\n\n<!-- steps: nothing -->\n", "x", "g", "vi")


@pytest.mark.parametrize(
    ("words", "chapter"),
    [
        ("mat tieng", "su-co-mat-tieng"),
        ("MẤT TIẾNG", "su-co-mat-tieng"),
        ("mat hinh", "su-co-mat-hinh"),
        ("gay roi", "su-co-gay-roi"),
        ("tuong lua", "mang-va-tuong-lua"),
        ("hdmi", "ket-noi-thiet-bi-hop-cu"),
        ("sao ra o cung ngoai", "can-bo-luu-tru"),
        ("xac thuc hai buoc", "dang-nhap"),
    ],
)
def test_search_finds_the_chapter_first_without_accents(words: str, chapter: str) -> None:
    assert book("vi").search(words)[0].chapter == chapter


@pytest.mark.parametrize("words", ["", "   ", "xyzzy", "mat xyzzy"])
def test_what_is_nowhere_is_not_found(words: str) -> None:
    assert book("vi").search(words) == []


def test_slugs_are_plain() -> None:
    assert slug("Đường truyền: 5 Mb/s") == "duong-truyen-5-mb-s"


def test_a_chapter_of_its_own_names_its_neighbours_and_pictures() -> None:
    found = book("vi")
    document = standalone(found.chapters["ky-thuat-vien"], found, pictures="images/")
    assert 'href="su-co-mat-hinh.html"' in document
    assert 'src="images/vi/' in document
    assert "/help/" not in document


@pytest.mark.browser
def test_a_guide_becomes_a_pdf_once(tmp_path: Path) -> None:
    found = book("vi")
    path = pdf_of(found.chapters["su-co-mat-tieng"], found, tmp_path)
    pages = PdfReader(path).pages
    assert 1 < len(pages) < 8
    assert "".join(pages[0].extract_text().split()).count("Mấttiếng") >= 1
    made = path.stat().st_mtime_ns
    assert pdf_of(found.chapters["su-co-mat-tieng"], found, tmp_path).stat().st_mtime_ns == made


@pytest.mark.slow
@pytest.mark.skipif(not office_program(), reason="LibreOffice is not installed (Debian: libreoffice-writer-nogui)")
def test_libreoffice_makes_the_pdf_where_there_is_no_chromium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(help_print, "BROWSERS", ())
    found = book("vi")
    chapter = found.chapters["thu-ky"]
    pages = PdfReader(pdf_of(chapter, found, tmp_path)).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    assert 3 < len(pages) < 20
    assert "Hướngdẫnthưký" in text
    assert len(pages[0].images) == chapter.html.count("<img") > 0


def test_without_a_printer_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(help_print.shutil, "which", lambda name: None)
    with pytest.raises(PrintingError) as told:
        help_print.print_pdf("<p>", tmp_path / "x.pdf")
    assert "Chromium" in told.value.reason_vi


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[TestClient[Any, Any]]:
    store = await Store.open(tmp_path / "store.sqlite")
    settings = Settings(server=ServerSettings(data=tmp_path))
    services = Services(
        settings,
        store=store,
        media=MediaServer(settings.media, host="127.0.0.1", port=1),
        recorder=Recorder(settings.recording, data=tmp_path),
        tokens=Tokens(b"s" * 32),
    )
    async with TestClient(TestServer(make_app(services, version="0"))) as made:
        yield made
    await store.close()


async def test_the_help_is_open_to_everybody(client: TestClient[Any, Any]) -> None:
    contents = await (await client.get("/api/v1/help")).json()
    assert contents["roles"]["operator"] == "nguoi-dieu-phoi"
    chapter = await (await client.get("/api/v1/help/chapters/thu-ky")).json()
    assert chapter["title"] == "Hướng dẫn thư ký"
    hits = (await (await client.get("/api/v1/help/search", params={"q": "mat tieng"})).json())["hits"]
    assert hits[0]["title"] == "Mất tiếng"
    html = await client.get(chapter["html_url"])
    assert (html.status, html.content_type) == (200, "text/html")
    english = await (await client.get("/api/v1/help/chapters/thu-ky?lang=en")).json()
    assert english["title"] == "Guide for the secretary"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/help?lang=fr", 400),
        ("/api/v1/help/chapters/nothing", 404),
        ("/help/html/nothing.html", 404),
        ("/help/pdf/nothing.pdf", 404),
        ("/help/images/..%2f..%2fpyproject.toml", 404),
    ],
)
async def test_what_there_is_not_is_refused(client: TestClient[Any, Any], path: str, status: int) -> None:
    assert (await client.get(path)).status == status
