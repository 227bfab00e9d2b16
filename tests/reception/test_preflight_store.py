"""What the store keeps of checks and surveys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reception.preflight_store import SURVEY, PreflightStore
from reception.store import Store


@pytest.fixture
async def store(tmp_path: Path, database: str) -> AsyncIterator[PreflightStore]:
    opened = await Store.open(tmp_path / "store.sqlite")
    yield PreflightStore(opened.database)
    await opened.close()


async def test_values_signatures_and_waivers_are_kept_by_endpoint(store: PreflightStore) -> None:
    await store.add_run("s", "a", {"lighting.luma": 100.0, "security.tls": "https"}, kind="self", by="Xã 1")
    await store.add_run("s", "b", {"lighting.luma": 10.0}, kind="self", by="Xã 2")
    await store.sign("s", "a", "power.ups", name="Nguyễn Văn A", answer="yes", note="30 phút")
    await store.waive("s", "b", "lighting", name="Trần Thị B", reason="Đã xin ý kiến")
    kept = await store.of_session("s")
    assert {each.key: each.value for each in kept["a"].measurements} == {"lighting.luma": 100, "security.tls": "https"}
    assert [(each.name, each.note) for each in kept["a"].signatures] == [("Nguyễn Văn A", "30 phút")]
    assert [each.item for each in kept["b"].waivers] == ["lighting"]
    assert await store.withdraw("s", "b", "lighting", by="Trần Thị B") == 1
    assert await store.withdraw("s", "b", "lighting", by="Trần Thị B") == 0
    assert (await store.of_session("s"))["b"].waivers == []
    assert await store.of_session("other") == {}


async def test_every_survey_is_kept_and_the_newest_is_told(store: PreflightStore) -> None:
    for visit, luma in (("v1", 20.0), ("v2", 120.0)):
        await store.add_run(SURVEY, "Xã 1", {"lighting.luma": luma}, kind="self", by="", visit=visit)
        await store.add_run(SURVEY, "Xã 1", {"camera.fps": 25.0}, kind="self", by="", visit=visit)
    await store.sign(SURVEY, "Xã 1", "power.ups", name="A", answer="na", note="", visit="v2")
    await store.add_run(SURVEY, "Xã 2", {"lighting.luma": 80.0}, kind="self", by="", visit="v3")
    newest = await store.newest_surveys()
    assert {name: [each.value for each in kept.measurements] for name, kept in newest.items()} == {
        "Xã 1": [120, 25],
        "Xã 2": [80],
    }
    assert len(newest["Xã 1"].signatures) == 1
    history = await store.surveys_of("Xã 1")
    assert [(kept.visit, kept.measurements[0].value) for kept in history] == [("v2", 120), ("v1", 20)]
    assert await store.surveys_of("Xã 3") == []
