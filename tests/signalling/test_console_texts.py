"""Every verdict, remedy and reason that the server may tell has words on the page, in both languages."""

import json
from pathlib import Path
from typing import Any

import pytest

from bandwidth.attribution_facts import Cause, Remedy, Symptom
from bandwidth.limits import Limit
from bandwidth.symptoms import CONTACT, DEVICE, DOWN, UP
from signalling.app import ROUTES

ROOT = Path(__file__).parents[2]
SHARED = {*CONTACT, *DOWN}
TOLD = {
    Cause.ENDPOINT_LINE: {*SHARED, *UP},
    Cause.SITE_LINE: {*SHARED, Symptom.FULL, "up"},
    Cause.DEVICE: DEVICE,
    Cause.SERVER: {Symptom.STALLED, Symptom.CANNOT_SEND, "of_endpoint"},
}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_everything_that_may_be_told_has_words(language: str) -> None:
    texts: dict[str, Any] = json.loads((ROOT / f"web/src/i18n/{language}.json").read_text())
    trouble = texts["trouble"]
    assert set(trouble["cause"]) == {str(each) for each in Cause}
    assert set(trouble["remedy"]) == {str(each) for each in Remedy}
    for cause, symptoms in TOLD.items():
        assert set(trouble[cause]) == {str(each) for each in symptoms}
    assert set(texts["why"]) == {each.value for each in Limit if each} | {"source", "measuring"}
    assert set(texts["stage"]["no_bandwidth"]) == {each.value for each in Limit if each}


def test_whatever_the_audit_log_notes_has_a_name_in_both_languages() -> None:
    audited = {
        route.handler.__name__
        for route in ROUTES
        if (route.method != "GET" if route.audited is None else route.audited)
    }
    for language in ("vi", "en"):
        named = json.loads((ROOT / "web/src/i18n" / language / "people.json").read_text(encoding="utf-8"))["actions"]
        assert audited - set(named) == set(), f"name them in web/src/i18n/{language}/people.json"
