"""Makes the papers' templates under config/templates/ anew: `python scripts/make_paper_templates.py`.

They are files of the tree; an office edits copies of them (docs/papers.md), nobody edits this for that.
"""

from __future__ import annotations

from pathlib import Path

import paper_tables
import paper_texts
from paper_layout import FONT
from xlsx_templates import make_sheet

FOLDER = Path(__file__).parents[1] / "config" / "templates"


def main() -> None:
    """Write all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name, make in (
        ("bien-ban", paper_texts.minutes),
        ("thong-bao-ket-luan", paper_texts.conclusion),
        ("thong-bao-tu-choi", paper_texts.refusal),
        ("giay-bien-nhan", paper_texts.receipt),
        ("phuong-an-ky-thuat", paper_tables.technical_plan),
        ("phieu-buoi-tiep", paper_tables.session_sheet),
        ("so-tiep-cong-dan", paper_tables.register),
        ("danh-muc-thiet-bi", paper_tables.equipment),
        ("phu-luc-ky-thuat", paper_tables.annex),
        ("thong-ke", paper_tables.statistics),
    ):
        make().save(FOLDER / f"{name}.docx")
    for name, title in (
        ("so-tiep-cong-dan", "SỔ TIẾP CÔNG DÂN"),
        ("danh-muc-thiet-bi", "DANH MỤC THIẾT BỊ THEO ĐIỂM CẦU"),
        ("phu-luc-ky-thuat", "PHỤ LỤC KỸ THUẬT"),
        ("thong-ke", "THỐNG KÊ TIẾP CÔNG DÂN TRỰC TUYẾN"),
    ):
        make_sheet(FOLDER / f"{name}.xlsx", title, font=FONT)


if __name__ == "__main__":
    main()
