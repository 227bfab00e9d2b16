"""Fills a DOCX template (docxtpl). Imported only by the process that does it."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate

from config.words import Words
from reception.papers.faults import BrokenTemplate, TemplateFault, remedy, unreadable
from reception.papers.filling import clean, environment, explained, field_names, template_line

QUOTED = 100  # characters of a paragraph
_PARTS = {"header": Words("đầu trang", "header"), "footer": Words("chân trang", "footer")}
_BODY = Words("thân văn bản", "body")


def fill_docx(template: Path, context: Mapping[str, Any], output: Path) -> None:
    """Write the paper. Raises BrokenTemplate naming template, place and remedy; OSError."""
    facts = clean(context)
    try:
        document = _Document(template, facts)
        document.render(facts, environment(), autoescape=True)
        document.save(output)
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        if isinstance(error, KeyError) and not str(error):
            raise
        raise BrokenTemplate(unreadable(template.name, str(error).strip("'\""))) from None


class _Document(DocxTemplate):  # type: ignore[misc]
    """Says in which paragraph a fault is."""

    def __init__(self, path: Path, facts: Mapping[str, Any]) -> None:
        super().__init__(str(path))
        self._path, self._facts = path, facts

    def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
        try:
            return str(super().render_xml_part(src_xml, part, context, jinja_env))
        except Exception as error:
            name = str(getattr(part, "partname", ""))
            where = next((words for key, words in _PARTS.items() if key in name), _BODY)
            said = _paragraph(src_xml, template_line(error))
            fault = TemplateFault(
                template=self._path.name,
                place=Words(f"{where.vi}, đoạn “{said}”", f"{where.en}, paragraph “{said}”") if said else where,
                what=explained(error, field_names(self._facts)),
                remedy=remedy(self._path.name),
            )
            raise BrokenTemplate(fault) from error


def _paragraph(xml: str, line: int) -> str:
    """The text of the paragraph on this line of what docxtpl renders (a line for each paragraph), or near it."""
    lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", xml).splitlines()
    for number in (line, line - 1, line + 1, line - 2):
        if 0 < number <= len(lines):
            text = html.unescape(re.sub(r"<[^>]+>", "", lines[number - 1])).strip()
            if text:
                return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
    return ""
