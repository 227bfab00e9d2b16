"""How long recordings are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.storage import RETENTION_CLASSES, RetentionSettings
from recorder.storage.retention import class_of, goes_by_itself, kept_until, refusal_to_destroy

SETTINGS = RetentionSettings()
ENDED = datetime(2024, 2, 29, 10, 0, tzinfo=UTC)


def test_each_class_has_its_time() -> None:
    until = {name: kept_until(name, ENDED, SETTINGS) for name in RETENTION_CLASSES}
    assert until == {
        "vinh_vien": None,
        "15_nam": datetime(2039, 3, 1, 10, 0, tzinfo=UTC),
        "5_nam": datetime(2029, 3, 1, 10, 0, tzinfo=UTC),
        "chay_thu_30_ngay": ENDED + timedelta(days=30),
    }
    longer = RetentionSettings(years_15_nam=20, rehearsal_days=7)
    assert kept_until("15_nam", datetime(2023, 5, 1, tzinfo=UTC), longer) == datetime(2043, 5, 1, tzinfo=UTC)
    assert kept_until("chay_thu_30_ngay", ENDED, longer) == ENDED + timedelta(days=7)


def test_rehearsals_have_their_class_and_what_was_chosen_wins() -> None:
    assert class_of({}, "rehearsal", SETTINGS) == "chay_thu_30_ngay"
    assert class_of({}, "dinh_ky", SETTINGS) == "15_nam"
    assert class_of({}, "dinh_ky", RetentionSettings(default_class="vinh_vien")) == "vinh_vien"
    assert class_of({"retention": {"class": "5_nam"}}, "rehearsal", SETTINGS) == "5_nam"


@pytest.mark.parametrize(
    ("entry", "ended", "now", "code"),
    [
        ({}, ENDED, datetime(2039, 2, 28, tzinfo=UTC), "not_over"),
        ({}, ENDED, datetime(2039, 3, 2, tzinfo=UTC), None),
        ({"hold": {"on": True}}, ENDED, datetime(2099, 1, 1, tzinfo=UTC), "hold"),
        ({"hold": {"on": False}}, ENDED, datetime(2099, 1, 1, tzinfo=UTC), None),
        ({"retention": {"class": "vinh_vien"}}, ENDED, datetime(2999, 1, 1, tzinfo=UTC), "permanent"),
        ({}, None, datetime(2099, 1, 1, tzinfo=UTC), "open"),
    ],
)
def test_what_stands_against_destroying(
    entry: dict[str, Any], ended: datetime | None, now: datetime, code: str | None
) -> None:
    refused = refusal_to_destroy(entry, "dinh_ky", ended, SETTINGS, now=now)
    assert (refused.code if refused else None) == code
    if refused and code == "not_over":
        assert "01/03/2039" in refused.vi
        assert "2039-03-01" in refused.en


def test_only_rehearsals_of_their_class_go_by_themselves() -> None:
    late = ENDED + timedelta(days=31)
    chosen = {"retention": {"class": "chay_thu_30_ngay"}}
    assert goes_by_itself({}, "rehearsal", ENDED, SETTINGS, now=late)
    assert not goes_by_itself({}, "rehearsal", ENDED, SETTINGS, now=ENDED + timedelta(days=29))
    assert not goes_by_itself(chosen, "dinh_ky", ENDED, SETTINGS, now=late), "a real session needs two persons"
    assert not goes_by_itself({"retention": {"class": "5_nam"}}, "rehearsal", ENDED, SETTINGS, now=late)
    assert not goes_by_itself({"hold": {"on": True}}, "rehearsal", ENDED, SETTINGS, now=late)
    assert not goes_by_itself({}, "rehearsal", ENDED, RetentionSettings(delete_rehearsals=False), now=late)
