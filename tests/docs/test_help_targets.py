"""Whatever leads into the help finds its chapter: pages of the app, roles, alarms, playbooks, buttons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bandwidth.attribution_facts import Cause, Symptom
from bandwidth.symptoms import CONTACT, DEVICE, DOWN, UP
from benchmarks.pages.routes import APP, routes_of_app
from reception.alarm_texts import OTHER, TEXTS, alarm_anchor, text_of
from reception.permissions import PEOPLE
from reception.playbooks import HELP, KINDS, PLAYBOOKS
from signalling.alarm_conditions import SHARED
from signalling.alarms import LEVELS
from signalling.help_book import LANGUAGES, Language, book, docs_root

ROOT = Path(__file__).parents[2]
ROUTES = routes_of_app(APP.read_text(encoding="utf-8"))
OF_LINES = {
    Cause.ENDPOINT_LINE: CONTACT | DOWN | UP,
    Cause.DEVICE: DEVICE,
    Cause.SITE_LINE: {Symptom.FULL},
}
RECORDER = ("recording_fault", "not_recorded", "disk_low", "disk_critical", "disk_failed", "second_disk")
SESSION = ("interrupted", "not_here", "on_battery", "no_sound", *(str(cause) for cause in SHARED))


def every_kind() -> list[str]:
    """Each kind of alarm that the program can raise, and that people can report."""
    lines = [f"{cause}.{symptom}" for cause, symptoms in OF_LINES.items() for symptom in sorted(symptoms)]
    return [*RECORDER, *SESSION, *lines, *LEVELS]


def test_all_kinds_that_the_conditions_name_are_known_here() -> None:
    source = (ROOT / "signalling/alarm_conditions.py").read_text(encoding="utf-8")
    named = set(re.findall(r'_(?:condition|of)\((?:seat, )?"([a-z_]+)"', source))
    assert named <= set(every_kind())
    assert set(TEXTS) == set(every_kind())


@pytest.mark.parametrize("kind", every_kind())
def test_every_alarm_has_a_playbook_and_its_line_in_the_help(kind: str) -> None:
    text = text_of(kind)
    assert text is not OTHER
    playbook = PLAYBOOKS[text.playbook]
    assert any(step.action for step in playbook.steps)
    assert all(step.text.vi and step.text.en for step in playbook.steps)
    for language in LANGUAGES:
        assert book(language).has(f"{playbook.help}#{alarm_anchor(kind)}")


def test_every_playbook_has_a_chapter_with_its_steps() -> None:
    assert set(HELP) == set(KINDS) == set(PLAYBOOKS)
    for playbook in PLAYBOOKS.values():
        chapter = book("vi").chapters[playbook.help]
        assert all(step.text.vi in chapter.html for step in playbook.steps)
        assert "Tình trạng:" in chapter.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_and_role_has_its_place(language: Language) -> None:
    found = book(language)
    assert not [target for target in found.pages.values() if not found.has(target)]
    assert not [target for target in found.roles.values() if not found.has(target)]
    assert set(PEOPLE) <= set(found.roles)


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_of_the_app_has_its_chapter(route: str) -> None:
    assert route in book("vi").pages, f"add {route} to [pages] in docs/huong-dan/muc-luc.toml"


def test_every_button_of_the_app_leads_somewhere() -> None:
    found = set()
    for file in (ROOT / "web/src").rglob("*.tsx"):
        text = file.read_text(encoding="utf-8")
        found |= set(re.findall(r'<HelpButton[^>]*target="([^"]+)"', text))
        for call in re.findall(r"openHelp\(([^)]*)\)", text):
            found |= set(re.findall(r'"([a-z-]+(?:#[a-z-]+)?)"', call))
    assert len(found) > 5
    assert not [(target, language) for target in found for language in LANGUAGES if not _leads(target, language)]


def _leads(target: str, language: Language) -> bool:
    """In Vietnamese to the very place; in English, which is shorter, at least to the chapter."""
    return book(language).has(target if language == "vi" else target.partition("#")[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_between_chapters_lead_somewhere(language: Language) -> None:
    found = book(language)
    for chapter in found.chapters.values():
        links = re.findall(r'href="/help/([^"]+)"', chapter.html)
        assert not [link for link in links if not found.has(link)], chapter.id


def test_no_chapter_lies_about_unused() -> None:
    for language, folder in (("vi", "huong-dan"), ("en", "guides")):
        files = {each.stem for each in (docs_root() / folder).glob("*.md")}
        assert files == set(book("vi" if language == "vi" else "en").chapters)
