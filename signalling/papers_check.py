"""Tries every template against a made-up session: what is wrong with which."""

from __future__ import annotations

from dataclasses import dataclass

from config.office_texts import OfficeTexts
from reception.papers.compose import Content, period_paper, session_paper
from reception.papers.faults import BrokenTemplate, TemplateFault
from reception.papers.kinds import PAPERS, TEMPLATES, Format, Paper
from reception.papers.sample import sample_facts
from reception.papers.statistics import Selection
from signalling.papers import PaperMaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How a template did; fault None: it is right."""

    template: str
    fault: TemplateFault | None


def paper_of(template: str) -> tuple[Paper, Format]:
    """The paper and format that a template is for. Raises KeyError."""
    for paper in PAPERS.values():
        for wanted in (Format.DOCX, Format.XLSX):
            if wanted in paper.formats and paper.template(wanted) == template:
                return paper, wanted
    raise KeyError(template)


def sample_content(paper: Paper, texts: OfficeTexts) -> Content:
    """The paper of the made-up session."""
    facts = sample_facts(texts)
    if paper.session:
        return session_paper(paper.kind, facts)
    return period_paper(paper.kind, [facts], Selection(), texts, now=facts.now)


async def try_template(maker: PaperMaker, texts: OfficeTexts, template: str) -> Tried:
    """One of TEMPLATES, the office's own where there is one. Raises OSError, TimeIsUp."""
    paper, wanted = paper_of(template)
    try:
        await maker.make(paper, sample_content(paper, texts), wanted, about="")
    except BrokenTemplate as error:
        return Tried(template=template, fault=error.fault)
    return Tried(template=template, fault=None)


async def try_all(maker: PaperMaker, texts: OfficeTexts) -> list[Tried]:
    """All of them."""
    return [await try_template(maker, texts, each) for each in TEMPLATES]
