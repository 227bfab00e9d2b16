"""The look of papers by Nghị định 30/2020/NĐ-CP, for scripts/make_paper_templates.py: page, head, tables."""

from __future__ import annotations

from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FONT = "Times New Roman"
BODY_PT, SMALL_PT, TABLE_PT = 13, 12, 11
LEFT, CENTRE, RIGHT, BOTH = (
    WD_ALIGN_PARAGRAPH.LEFT,
    WD_ALIGN_PARAGRAPH.CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY,
)


class Paper:
    """A template under construction."""

    def __init__(self, *, landscape: bool = False) -> None:
        self.document = Document()
        section = self.document.sections[0]
        width, height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
        section.page_width, section.page_height = width, height
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.top_margin = section.bottom_margin = Mm(20)
        section.left_margin, section.right_margin = (Mm(20), Mm(15)) if landscape else (Mm(30), Mm(15))
        self.width_mm = (297 - 35) if landscape else (210 - 45)
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(BODY_PT)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
        style.element.rPr.rFonts.set(qn("w:cs"), FONT)
        style.paragraph_format.space_after = Pt(3)
        style.paragraph_format.space_before = Pt(0)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "vi-VN")
        style.element.rPr.append(language)
        self._foot()

    def _foot(self) -> None:
        """Page number in the middle, and by which texts the paper was made."""
        foot = self.document.sections[0].footer.paragraphs[0]
        foot.alignment = CENTRE
        write(
            foot,
            "{% if code %}{{ code }} · {% endif %}lập lúc {{ made_at }} · văn bản dẫn chiếu {{ texts_version }} · trang ",
            size=9,
        )
        run = foot.add_run()
        run.font.size, run.font.name = Pt(9), FONT
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            if kind is not None:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark = OxmlElement("w:instrText")
                mark.text = text
            run._r.append(mark)

    def head(self, *, numbered: bool = True) -> None:
        """Office and number to the left, the country's name, its motto, place and date to the right."""
        left, right = self.width_mm * 0.42, self.width_mm * 0.58
        table = plain_table(self.document, [left, right], rows=2)
        cell = table.cell(0, 0)
        para(cell, "{%p if parent %}", first=True)
        para(cell, "{{ parent }}", align=CENTRE, size=SMALL_PT)
        para(cell, "{%p endif %}")
        para(cell, "{{ office }}", align=CENTRE, size=SMALL_PT, bold=True)
        rule(para(cell, "", size=4), inset_mm=18)
        cell = table.cell(0, 1)
        para(cell, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", align=CENTRE, size=SMALL_PT, bold=True, first=True)
        para(cell, "Độc lập - Tự do - Hạnh phúc", align=CENTRE, size=13, bold=True)
        rule(para(cell, "", size=4), inset_mm=22)
        para(table.cell(1, 0), "Số: {{ number }}" if numbered else "", align=CENTRE, first=True)
        para(table.cell(1, 1), "{{ place_date }}", align=CENTRE, italic=True, first=True)
        para(self.document, "", size=6)

    def title(self, text: str, under: str = "") -> None:
        """The paper's name; a rehearsal says so."""
        self.p("{%p if rehearsal %}")
        self.p("BUỔI CHẠY THỬ – KHÔNG CÓ GIÁ TRỊ PHÁP LÝ", align=CENTRE, bold=True)
        self.p("{%p endif %}")
        self.p(text, align=CENTRE, bold=True, size=14)
        if under:
            self.p(under, align=CENTRE, bold=True)
        self.p("", size=4)

    def p(self, text: str, **look: Any) -> Any:
        """A paragraph."""
        return para(self.document, text, **look)

    def h(self, text: str) -> None:
        """A heading within the text."""
        paragraph = self.p(text, bold=True)
        paragraph.paragraph_format.space_before = Pt(6)
        paragraph.paragraph_format.keep_with_next = True

    def when(self, condition: str, *lines: str, **look: Any) -> None:
        """Paragraphs that stand there under a condition."""
        self.p("{%p if " + condition + " %}")
        for line in lines:
            self.p(line, **look)
        self.p("{%p endif %}")

    def each(self, loop: str, *lines: str, **look: Any) -> None:
        """Paragraphs for each of something."""
        self.p("{%p for " + loop + " %}")
        for line in lines:
            self.p(line, **look)
        self.p("{%p endfor %}")

    def table(
        self, loop: str, columns: list[tuple[str, str, float]], *, size: int = TABLE_PT, row_mm: float = 0
    ) -> None:
        """A ruled table: (heading, field, share of the width) for each column, a row for each of `loop`.

        row_mm: how high each row is at least.
        """
        total = sum(share for _, _, share in columns)
        widths = [self.width_mm * share / total for _, _, share in columns]
        table = plain_table(self.document, widths, rows=4, ruled=True)
        for number, (heading, text, _) in enumerate(columns):
            para(table.cell(0, number), heading, bold=True, size=size, align=CENTRE, first=True)
            para(table.cell(2, number), text, size=size, first=True)
        para(table.cell(1, 0), "{%tr for " + loop + " %}", size=size, first=True)
        para(table.cell(3, 0), "{%tr endfor %}", size=size, first=True)
        repeat_heading(table.rows[0])
        if row_mm:
            table.rows[2].height = Mm(row_mm)
        whole(table.rows[2])
        self.p("", size=4)

    def wide_table(self, table_name: str, *, size: int = 8) -> None:
        """A ruled table whose columns are configured."""
        table = plain_table(self.document, [self.width_mm / 3] * 3, rows=4, ruled=True)
        for row, (loop, text) in ((0, (f"column in {table_name}.columns", "column")), (2, ("cell in line", "cell"))):
            para(table.cell(row, 0), "{%tc for " + loop + " %}", size=size, first=True)
            para(table.cell(row, 1), "{{ " + text + " }}", size=size, bold=row == 0, first=True)
            para(table.cell(row, 2), "{%tc endfor %}", size=size, first=True)
        para(table.cell(1, 0), "{%tr for line in " + table_name + ".cells %}", size=size, first=True)
        para(table.cell(3, 0), "{%tr endfor %}", size=size, first=True)
        repeat_heading(table.rows[0])
        whole(table.rows[2])
        self.p("", size=4)

    def bases(self) -> None:
        """The lines "Căn cứ …"."""
        self.each("base in bases", "Căn cứ {{ base }};", italic=True, align=BOTH, indent=True)

    def save(self, path: Any) -> None:
        """Write the template."""
        from datetime import datetime

        properties = self.document.core_properties
        properties.author, properties.title, properties.comments = "Điểm Cầu", "", ""
        properties.created = properties.modified = datetime(2026, 1, 1)
        self.document.save(path)


def write(paragraph: Any, text: str, *, size: float | None = None, bold: bool = False, italic: bool = False) -> Any:
    """A run in Times New Roman."""
    run = paragraph.add_run(text)
    run.font.name, run.bold, run.italic = FONT, bold or None, italic or None
    if size:
        run.font.size = Pt(size)
    return run


def para(
    into: Any,
    text: str,
    *,
    size: float | None = None,
    bold: bool = False,
    italic: bool = False,
    align: Any = None,
    indent: bool = False,
    first: bool = False,
) -> Any:
    """A paragraph in a document or a cell. first: the one that a new cell has already. **twice** marks bold words."""
    paragraph = into.paragraphs[0] if first else into.add_paragraph()
    paragraph.alignment = align
    if indent:
        paragraph.paragraph_format.first_line_indent = Mm(10)
    if hasattr(into, "_tc"):
        paragraph.paragraph_format.space_after = Pt(1)
    for number, part in enumerate(text.split("**")):
        if part:
            write(paragraph, part, size=size, bold=bold or number % 2 == 1, italic=italic)
    return paragraph


def plain_table(document: Any, widths_mm: list[float], *, rows: int, ruled: bool = False) -> Any:
    """A table of fixed widths."""
    table = document.add_table(rows=rows, cols=len(widths_mm))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    if ruled:
        table.style = "Table Grid"
    for row in table.rows:
        for cell, width in zip(row.cells, widths_mm, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths_mm, strict=True):
        column.width = Mm(width)
    return table


def whole(row: Any) -> None:
    """The row is not parted by the end of a page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def repeat_heading(row: Any) -> None:
    """The row stands on top of every page that the table reaches."""
    properties = row._tr.get_or_add_trPr()
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def rule(paragraph: Any, *, inset_mm: float) -> None:
    """A line under a paragraph, shorter than it on both sides."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(inset_mm)
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    later = ("shd", "tabs", "snapToGrid", "spacing", "ind", "contextualSpacing", "jc", "rPr")  # the schema's order
    properties.insert_element_before(borders, *(f"w:{name}" for name in later))
