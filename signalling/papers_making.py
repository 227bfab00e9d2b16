"""From a call to a file: the texts in force, and what cannot be made as a problem with its remedy."""

from __future__ import annotations

from config.office_texts import OfficeTexts, load_texts
from config.problems import ConfigError
from reception.papers.compose import Content, NoSuchTable
from reception.papers.faults import BrokenTemplate, NoPdf
from reception.papers.kinds import Format, Paper
from signalling.papers import MadePaper, TimeIsUp
from signalling.problems import Problem
from signalling.routing import Call


def texts_of(call: Call) -> OfficeTexts:
    """The office's own, else the product's. Raises Problem 409 that names file, line and key."""
    try:
        return load_texts(call.services.data)
    except ConfigError as error:
        raise wrong_texts(error) from None


def wrong_texts(error: ConfigError) -> Problem:
    """What is wrong with the office's own texts, and what to do."""
    fault = error.problems[0]
    return Problem(
        409,
        "invalid_texts",
        "The office's own texts are not valid",
        str(error),
        reason_vi=f"Tệp văn bản dẫn chiếu sai: {fault.source} dòng {fault.line}, {fault.key}: {fault.message.vi}. "
        "Sửa tệp đó, hoặc xóa để dùng bản có sẵn.",
        reason_en=f"{fault.source}:{fault.line}: {fault.key}: {fault.message.en}. Mend the file, or remove it.",
    )


def broken(error: BrokenTemplate) -> Problem:
    """What is wrong with a template, where, and what to do."""
    words, fault = error.fault.words, error.fault
    return Problem(
        409,
        "broken_template",
        "The paper's template cannot be filled",
        words.en,
        reason_vi=words.vi,
        reason_en=words.en,
        template=fault.template,
        place=fault.place.vi,
        remedy=fault.remedy.vi,
    )


def too_slow(error: TimeIsUp) -> Problem:
    """The paper was not made in its time."""
    vi = f"Không lập xong văn bản trong {error}. Thử lại sau ít phút."
    en = f"The paper was not made within {error}. Try again in some minutes."
    return Problem(503, "too_slow", "The paper took too long", en, reason_vi=vi, reason_en=en)


async def made_paper(call: Call, paper: Paper, content: Content, wanted: Format, *, about: str) -> MadePaper:
    """The file. Raises Problem: 409 broken_template, 501 no_pdf, 503 too_slow, 400 no such table."""
    table = call.request.query.get("table", "")
    try:
        return await call.services.papers.make(paper, content, wanted, about=about, table=table)
    except BrokenTemplate as error:
        raise broken(error) from None
    except NoPdf as error:
        vi, en = error.reason
        raise Problem(501, "no_pdf", "No PDF can be made here", en, reason_vi=vi, reason_en=en) from None
    except TimeIsUp as error:
        raise too_slow(error) from None
    except NoSuchTable as error:
        en, vi = f"table: one of {error}.", f"table: một trong {error}."
        raise Problem(400, "invalid_query", "The query is not valid", en, reason_vi=vi, reason_en=en) from None
