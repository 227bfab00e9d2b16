"""What belongs to a bearer's unit, and to units below it, through the API."""

from __future__ import annotations

from tests.signalling.test_permissions_api import Api, api

__all__ = ["api"]  # the fixture


async def test_a_units_own_sessions_are_listed_page_by_page_however_many_others_there_are(api: Api) -> None:
    mine = [(await api.session())["id"] for _ in range(3)]
    for _ in range(4):
        body = {"title": "t", "kind": "rehearsal", "central": {"name": "Xã A khác"}}
        await api.call("POST", "/api/v1/sessions", "operator", body)
    _, first = await api.call("GET", "/api/v1/sessions?limit=2", "technician", unit="Xã A")
    assert ([each["id"] for each in first["sessions"]], first["total"]) == ([mine[2], mine[1]], 3)
    _, rest = await api.call("GET", "/api/v1/sessions?limit=2&offset=2", "technician", unit="Xã A")
    assert [each["id"] for each in rest["sessions"]] == [mine[0]]


async def test_a_supervisor_opens_recordings_of_units_below_the_own_one(api: Api) -> None:
    for name, level in (("Xã A", "xa"), ("Tỉnh", "tinh"), ("Ban Tiếp công dân Trung ương", "trung_uong")):
        room = {"name": name, "level": level, "organisation": f"UBND {name}"}
        assert (await api.call("POST", "/api/v1/registry", "operator", room))[0] == 201
    opened = {}
    for host in ("Xã A", "Tỉnh", "Nơi lạ"):
        body = {"title": "t", "kind": "dinh_ky", "central": {"name": host}}
        session = (await api.call("POST", "/api/v1/sessions", "operator", body))[1]["id"]
        for unit in ("UBND Tỉnh", "Ban Tiếp công dân Trung ương", "Xã A", "", "Không có"):
            path = f"/api/v1/recordings/{session}/access"
            status, answer = await api.call("POST", path, "observer", {"purpose": "giám sát"}, unit=unit)
            opened[host, unit] = answer["code"] if status == 403 else status
    assert opened == {
        **{(host, unit): "no_unit" for host in ("Xã A", "Tỉnh", "Nơi lạ") for unit in ("", "Không có")},
        ("Xã A", "UBND Tỉnh"): 404,  # there is no recording: it would be opened
        ("Tỉnh", "UBND Tỉnh"): 404,
        ("Nơi lạ", "UBND Tỉnh"): "not_subordinate",
        **{(host, "Ban Tiếp công dân Trung ương"): 404 for host in ("Xã A", "Tỉnh")},
        ("Nơi lạ", "Ban Tiếp công dân Trung ương"): "not_subordinate",
        ("Xã A", "Xã A"): 404,
        ("Tỉnh", "Xã A"): "not_subordinate",
        ("Nơi lạ", "Xã A"): "not_subordinate",
    }
