"""Which pages are shown, as whom, and what is done there first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Page

from scripts.screenshots.stage import Stage

Act = Callable[[Page, Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture NAME.png of a route. `path`: the address, {planned}, {checked} and {live} are sessions.

    role: whose page; "" nobody's, "seat" an endpoint's link (`path` has it). after: once the session has ended.
    """

    name: str
    route: str
    title: str
    path: str | Callable[[Stage], str]
    role: str = "operator"
    act: Act | None = None
    width: int = 1366
    height: int = 768
    after: bool = False


async def _enter(page: Page, stage: Stage) -> None:
    await page.get_by_test_id("join-button").click()
    await page.wait_for_timeout(6000)


async def _wait_outside(page: Page, stage: Stage) -> None:
    await page.get_by_test_id("join-button").click()
    await page.get_by_test_id("waiting-page").wait_for()
    await page.wait_for_timeout(1500)


async def _regulation(page: Page, stage: Stage) -> None:
    text = (
        "Điều 1. Quy chế này quy định việc tiếp công dân trực tuyến tại tỉnh.\nĐiều 2. Các điểm cầu tham gia cùng lúc."
    )
    stage.call("POST", "/rules/quy_che", {"vi": text, "after": 0}, role="admin")
    await page.reload()
    await page.get_by_test_id("edit-quy_che").wait_for()


async def _requests(page: Page, stage: Stage) -> None:
    body = {"what": "package", "purpose": "Cung cấp cho Thanh tra tỉnh theo Công văn số 12/TTr"}
    stage.call("POST", f"/sessions/{stage.sessions['live']['id']}/export-requests", body, role="secretary")
    await page.reload()
    await page.get_by_test_id("request-state").wait_for()


async def _into_the_room(page: Page, stage: Stage) -> None:
    await _wait_outside(page, stage)
    assert stage.scene is not None
    free = next(each for each in stage.scene.session["endpoints"] if each["name"] == "Điểm cầu trống")
    await stage.scene.call("POST", f"/endpoints/{free['id']}/admit")
    await page.get_by_test_id("mic-button").wait_for()
    await page.wait_for_timeout(7000)


async def _drawer(page: Page, stage: Stage) -> None:
    assert stage.scene is not None
    await page.get_by_test_id("join-button").click()
    await page.get_by_test_id("mic-button").wait_for()
    await page.get_by_test_id("more-button").click()
    await page.get_by_test_id("open-drawer").click()
    pin = (await stage.scene.call("GET", "/room"))["technician_pin"]
    digits = page.get_by_role("dialog").locator("input")
    await digits.first.click()
    await page.keyboard.type(pin, delay=60)
    await page.wait_for_timeout(1500)


async def _chair(page: Page, stage: Stage) -> None:
    await _enter(page, stage)
    button = page.get_by_test_id("chair-view")
    if await button.get_attribute("aria-pressed") == "false":
        await button.click()
    await page.wait_for_timeout(1500)


async def _let_in(page: Page, stage: Stage) -> None:
    assert stage.scene is not None
    observer = stage.seat("live", "Ban Tiếp công dân Trung ương")["id"]
    await stage.scene.call("POST", f"/endpoints/{observer}/admit")
    await page.get_by_test_id("tv").wait_for()
    await page.wait_for_timeout(6000)


async def _check(page: Page, stage: Stage) -> None:
    await page.get_by_test_id("check-button").click()
    await page.get_by_test_id("run-check").wait_for()
    await page.wait_for_timeout(1500)


async def _incident(page: Page, stage: Stage) -> None:
    await page.wait_for_timeout(9000)
    await page.locator('[data-kind^="endpoint_line"]').get_by_test_id("alarm-playbook").first.click()
    await page.get_by_test_id("incident").wait_for()
    await page.wait_for_timeout(700)


async def _look(page: Page, stage: Stage) -> None:
    await page.wait_for_timeout(10_000)  # the small pictures come every few seconds


async def _simulate(page: Page, stage: Stage) -> None:
    await page.get_by_test_id("simulate-run").click()
    await page.get_by_test_id("simulate-verdict").wait_for(timeout=90_000)


async def _search(page: Page, stage: Stage) -> None:
    await page.get_by_test_id("search-q").fill("do dac ky son")
    await page.get_by_test_id("search").click()
    await page.get_by_test_id("found").first.wait_for()


async def _play(page: Page, stage: Stage) -> None:
    await page.get_by_test_id("purpose").fill("Hoàn thiện biên bản")
    await page.get_by_test_id("ask-access").click()
    await page.get_by_test_id("play").wait_for()
    await page.get_by_test_id("play").click()
    await page.wait_for_timeout(5000)
    await page.get_by_test_id("play").click()


def _free(stage: Stage) -> str:
    assert stage.scene is not None
    return stage.scene.free_seat


def _seat(session: str, name: str) -> Callable[[Stage], str]:
    return lambda stage: str(stage.seat(session, name)["join_url"])


_CENTRE = "Trụ sở Tiếp công dân tỉnh"
SHOTS = [
    Shot(name="dang-nhap", route="/", title="Đăng nhập", path="/", role=""),
    Shot(name="dat-mat-khau", route="/setup", title="Đặt mật khẩu", path=lambda s: s.links["setup observer"], role=""),
    Shot(name="danh-sach-buoi-tiep", route="/", title="Danh sách buổi tiếp", path="/"),
    Shot(name="tao-buoi-tiep", route="/sessions/new", title="Tạo buổi tiếp", path="/sessions/new"),
    Shot(name="sua-buoi-tiep", route="/sessions/:id/edit", title="Sửa buổi tiếp", path="/sessions/{planned}/edit"),
    Shot(
        name="chuan-bi", route="/sessions/:id/prepare", title="Chuẩn bị buổi tiếp", path="/sessions/{checked}/prepare"
    ),
    Shot(
        name="kiem-tra-ky-thuat",
        route="/sessions/:id/preflight",
        title="Kiểm tra kỹ thuật",
        path="/sessions/{checked}/preflight",
    ),
    Shot(
        name="bien-ban-kiem-thu",
        route="/sessions/:id/preflight/print",
        title="Biên bản kiểm thử kỹ thuật",
        path="/sessions/{checked}/preflight/print",
    ),
    Shot(name="danh-muc-diem-cau", route="/registry", title="Danh mục điểm cầu", path="/registry"),
    Shot(name="khao-sat", route="/readiness", title="Khảo sát điểm cầu", path="/readiness"),
    Shot(
        name="in-khao-sat",
        route="/readiness/print",
        title="In khảo sát",
        path="/readiness/print?visit=0000000000000002&name=Xã Kỳ Sơn",
    ),
    Shot(
        name="trang-khao-sat",
        route="/survey",
        title="Khảo sát tại điểm cầu",
        path=lambda s: s.links["survey Xã Kỳ Sơn"],
        role="seat",
    ),
    Shot(name="du-kien-bang-thong", route="/simulate", title="Dự kiến băng thông", path="/simulate", act=_simulate),
    Shot(name="nguoi-dung", route="/users", title="Người dùng", path="/users", role="admin"),
    Shot(name="nhat-ky-he-thong", route="/audit", title="Nhật ký hệ thống", path="/audit", role="auditor"),
    Shot(name="tai-khoan", route="/account", title="Tài khoản của tôi", path="/account", role="account"),
    Shot(name="tro-giup", route="/help", title="Trợ giúp", path="/help", role=""),
    Shot(
        name="tro-giup-chuong",
        route="/help/:chapter",
        title="Một chương trợ giúp",
        path="/help/su-co-mat-tieng",
        role="",
    ),
    Shot(
        name="dieu-hanh",
        route="/sessions/:id",
        title="Màn hình điều hành",
        path="/sessions/{live}",
        act=_look,
        width=1920,
        height=1080,
    ),
    Shot(name="su-co", route="/sessions/:id", title="Xử lý sự cố", path="/sessions/{live}", act=_incident),
    Shot(
        name="huong-dan-tung-buoc",
        route="/sessions/:id",
        title="Buổi tập có hướng dẫn từng bước",
        path="/sessions/{live}?guide=0",
        act=lambda page, stage: page.get_by_test_id("guide-toggle").click(),
    ),
    Shot(
        name="ban-thu-ky",
        route="/sessions/:id/secretary",
        title="Bàn thư ký",
        path="/sessions/{live}/secretary",
        role="secretary",
        width=1920,
        height=1080,
    ),
    Shot(
        name="giay-bien-nhan",
        route="/sessions/:id/receipt/:document",
        title="Giấy biên nhận",
        path="/sessions/{live}/receipt/{document}",
        role="secretary",
    ),
    Shot(name="vao-phong", route="/join", title="Vào phòng", path=_free, role="seat"),
    Shot(
        name="kiem-tra-diem-cau",
        route="/join",
        title="Kiểm tra kỹ thuật của điểm cầu",
        path=_seat("checked", "Xã Kỳ Sơn"),
        role="seat",
        act=_check,
    ),
    Shot(name="phong-cho", route="/join", title="Phòng chờ", path=_free, role="seat", act=_wait_outside),
    Shot(name="phong-tiep", route="/join", title="Trong phòng tiếp", path=_free, role="seat", act=_into_the_room),
    Shot(name="ngan-ky-thuat", route="/join", title="Ngăn kỹ thuật", path=_free, role="seat", act=_drawer),
    Shot(
        name="giam-sat",
        route="/join",
        title="Vào theo dõi",
        path=_seat("live", "Ban Tiếp công dân Trung ương"),
        role="seat",
    ),
    Shot(name="chu-tri", route="/join", title="Người chủ trì", path=_seat("live", _CENTRE), role="centre", act=_chair),
    Shot(
        name="man-hinh-tv",
        route="/tv",
        title="Màn hình TV",
        path=_seat("live", "Ban Tiếp công dân Trung ương"),
        role="tv",
        act=_let_in,
        width=1920,
        height=1080,
    ),
    Shot(
        name="lich-cong-khai",
        route="/lich-tiep-cong-dan",
        title="Lịch tiếp công dân công khai",
        path="/lich-tiep-cong-dan",
        role="",
    ),
    Shot(
        name="loi-moi",
        route="/invitation",
        title="Trả lời lời mời",
        path=lambda s: str(s.seat("checked", "Thanh tra tỉnh")["join_url"]).replace("/join#", "/invitation#"),
        role="seat",
    ),
    Shot(
        name="giay-moi",
        route="/sessions/:id/endpoints/:eid/invitation",
        title="Giấy mời",
        path=lambda s: "/sessions/{checked}/endpoints/" + s.seat("checked", "Thanh tra tỉnh")["id"] + "/invitation",
    ),
    Shot(
        name="van-ban",
        route="/sessions/:id/papers",
        title="Văn bản của buổi tiếp",
        path="/sessions/{live}/papers",
        role="secretary",
        after=True,
    ),
    Shot(
        name="mau-van-ban",
        route="/paper-templates",
        title="Mẫu văn bản của cơ quan",
        path="/paper-templates",
        role="secretary",
        after=True,
    ),
    Shot(name="bao-cao", route="/reports", title="Báo cáo", path="/reports", role="secretary", after=True),
    Shot(
        name="bien-ban-vi-pham",
        route="/sessions/:id/incidents/:incident/violation",
        title="Biên bản vi phạm nội quy",
        path="/sessions/{live}/incidents/{incident}/violation",
    ),
    Shot(
        name="luu-tru-ho-so",
        route="/sessions/:id/archive",
        title="Lưu trữ hồ sơ buổi tiếp",
        path="/sessions/{live}/archive",
        role="secretary",
        after=True,
    ),
    Shot(
        name="tra-cuu",
        route="/search",
        title="Tra cứu hồ sơ",
        path="/search",
        role="secretary",
        act=_search,
        after=True,
    ),
    Shot(
        name="noi-quy-quy-che", route="/rules", title="Nội quy, quy chế", path="/rules", role="admin", act=_regulation
    ),
    Shot(
        name="de-nghi-ban-ghi",
        route="/exports",
        title="Đề nghị cung cấp bản ghi",
        path="/exports",
        role="chair",
        act=_requests,
        after=True,
    ),
    Shot(
        name="bien-ban-huy",
        route="/destructions/:id",
        title="Biên bản hủy bản ghi và hồ sơ",
        path=lambda s: f"/destructions/{s.links['destroyed']}",
        role="archivist",
        after=True,
    ),
    Shot(name="luu-tru", route="/storage", title="Lưu trữ", path="/storage", role="archivist", after=True),
    Shot(name="ban-ghi", route="/recordings", title="Bản ghi", path="/recordings", role="archivist", after=True),
    Shot(
        name="xem-lai",
        route="/recordings/:id",
        title="Xem lại bản ghi",
        path="/recordings/{live}",
        role="archivist",
        act=_play,
        after=True,
    ),
]
