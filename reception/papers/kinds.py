"""Which papers there are (pure): their names, their templates, in which formats, and what they are about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from config.words import Words


class Format(StrEnum):
    """Of a file."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


MEDIA_TYPES = {
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}
TEXT = (Format.DOCX, Format.PDF)
TABLE = (Format.DOCX, Format.PDF, Format.XLSX, Format.CSV)


class Access(StrEnum):
    """Who may have it: whoever may see citizens, or whoever may see sessions."""

    CITIZENS = "citizens"
    SESSIONS = "sessions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper. file: the name of its files and templates, without what tells the format.

    session: there is one of each session; period: there is one of all sessions of a time (of equipment: of all rooms).
    """

    kind: str
    title: Words
    file: str
    formats: tuple[Format, ...]
    access: Access
    session: bool = True
    period: bool = False

    def template(self, wanted: Format) -> str:
        """The template's file name; "" for what needs none. A PDF is made of the DOCX."""
        if wanted is Format.CSV:
            return ""
        return f"{self.file}.{Format.XLSX if wanted is Format.XLSX else Format.DOCX}"


PAPERS: dict[str, Paper] = {
    each.kind: each
    for each in (
        Paper(
            kind="minutes",
            title=Words("Biên bản tiếp công dân trực tuyến", "Minutes of the online reception"),
            file="bien-ban",
            formats=TEXT,
            access=Access.CITIZENS,
        ),
        Paper(
            kind="conclusion",
            title=Words("Thông báo kết luận tiếp công dân", "Notice of conclusion"),
            file="thong-bao-ket-luan",
            formats=TEXT,
            access=Access.CITIZENS,
        ),
        Paper(
            kind="refusal",
            title=Words("Thông báo từ chối tiếp công dân", "Refusal notice"),
            file="thong-bao-tu-choi",
            formats=TEXT,
            access=Access.CITIZENS,
        ),
        Paper(
            kind="receipt",
            title=Words("Giấy biên nhận tài liệu", "Receipt of documents"),
            file="giay-bien-nhan",
            formats=TEXT,
            access=Access.CITIZENS,
        ),
        Paper(
            kind="register",
            title=Words("Sổ tiếp công dân", "Reception register"),
            file="so-tiep-cong-dan",
            formats=TABLE,
            access=Access.CITIZENS,
            period=True,
        ),
        Paper(
            kind="plan",
            title=Words("Phương án kỹ thuật", "Technical plan"),
            file="phuong-an-ky-thuat",
            formats=TEXT,
            access=Access.SESSIONS,
        ),
        Paper(
            kind="sheet",
            title=Words("Phiếu buổi tiếp", "Session sheet"),
            file="phieu-buoi-tiep",
            formats=TEXT,
            access=Access.SESSIONS,
        ),
        Paper(
            kind="equipment",
            title=Words("Danh mục thiết bị theo điểm cầu", "Equipment per endpoint"),
            file="danh-muc-thiet-bi",
            formats=TABLE,
            access=Access.SESSIONS,
            period=True,
        ),
        Paper(
            kind="annex",
            title=Words("Phụ lục kỹ thuật", "Technical annex"),
            file="phu-luc-ky-thuat",
            formats=TABLE,
            access=Access.SESSIONS,
            period=True,
        ),
        Paper(
            kind="statistics",
            title=Words("Thống kê tiếp công dân", "Statistics of receptions"),
            file="thong-ke",
            formats=TABLE,
            access=Access.SESSIONS,
            session=False,
            period=True,
        ),
    )
}
TEMPLATES = tuple(
    sorted({paper.template(each) for paper in PAPERS.values() for each in paper.formats if paper.template(each)})
)
