"""Names, dates and numbers as papers write them in Vietnamese (pure)."""

from __future__ import annotations

from datetime import date, datetime

from reception.event_words import VIETNAM

KINDS = {
    "dinh_ky": "Định kỳ",
    "dot_xuat": "Đột xuất",
    "vu_viec": "Theo vụ việc",
    "rehearsal": "Chạy thử",
}
LEVELS = {"trung_uong": "Trung ương", "tinh": "Cấp tỉnh", "xa": "Cấp xã", "so_nganh": "Sở, ban, ngành"}
ROLES = {"central": "Điểm cầu trung tâm", "delegate": "Điểm cầu đại biểu", "observer": "Giám sát (chỉ theo dõi)"}
CAPACITIES = {  # of citizens
    "nguoi_khieu_nai": "Người khiếu nại, kiến nghị, phản ánh",
    "dai_dien": "Người đại diện",
    "uy_quyen": "Người được ủy quyền",
    "luat_su": "Luật sư",
    "tro_giup_phap_ly": "Trợ giúp viên pháp lý",
    "phien_dich": "Người phiên dịch",
    "khac": "Khác",
}
PRESENT_AS = {  # of the roll call
    "chair": "Người chủ trì",
    "official": "Đại biểu",
    "citizen": "Công dân",
    "representative": "Người đại diện",
    "authorised": "Người được ủy quyền",
    "interpreter": "Người phiên dịch",
    "secretary": "Thư ký",
    "technician": "Kỹ thuật viên",
    "other": "Khác",
}
TIMES = {"lan_dau": "Lần đầu", "nhieu_lan": "Nhiều lần"}
MATTER_KINDS = {"khieu_nai": "Khiếu nại", "kien_nghi_phan_anh": "Kiến nghị, phản ánh", "khac": "Khác"}
HANDLINGS = {
    "thu_ly": "Thụ lý",
    "huong_dan": "Hướng dẫn",
    "chuyen_don": "Chuyển đơn",
    "tra_don": "Trả đơn",
    "khac": "Khác",
}
OUTCOMES = {
    "da_ket_luan": "Đã kết luận",
    "huong_dan": "Hướng dẫn",
    "chuyen": "Chuyển cơ quan có thẩm quyền",
    "thu_ly": "Thụ lý",
    "tu_choi": "Từ chối tiếp",
    "tiep_truc_tiep": "Chuyển sang tiếp trực tiếp",
    "khac": "Khác",
    "": "Chưa ghi kết quả",
}
SIGNATURES = {"chua_ky": "Chưa ký", "da_ky": "Đã ký", "diem_chi": "Điểm chỉ", "tu_choi_ky": "Từ chối ký"}
FORMS = {"ban_goc": "Bản gốc", "ban_sao": "Bản sao"}
STATES = {
    "draft": "Nháp",
    "awaiting_approval": "Chờ phê duyệt",
    "scheduled": "Đã lên lịch",
    "technical_check": "Kiểm tra kỹ thuật",
    "ready": "Sẵn sàng",
    "live": "Đang diễn ra",
    "paused": "Tạm dừng",
    "interrupted": "Gián đoạn",
    "ended": "Đã kết thúc",
    "archived": "Đã lưu trữ",
    "postponed": "Hoãn",
    "cancelled": "Hủy",
}
CHECKS = {
    "pass": "Đạt",
    "warn": "Đạt, có cảnh báo",
    "fail": "Không đạt",
    "missing": "Chưa kiểm tra",
    "not_measured": "Chưa kiểm tra",
    "waived": "Bỏ qua có lý do",
}
CHECK_ITEMS = {
    "lighting": "Hệ thống chiếu sáng",
    "network": "Đường truyền và thiết bị mạng",
    "audio": "Hệ thống âm thanh",
    "display": "Thiết bị hiển thị",
    "software": "Thiết bị giải mã, phần mềm",
    "camera": "Camera ghi hình toàn bộ diễn biến",
    "storage": "Thiết bị lưu trữ dữ liệu",
    "power": "Thiết bị lưu điện",
    "security": "An toàn thông tin",
}
INCIDENTS = {
    "picture": "Mất hình",
    "sound": "Mất tiếng",
    "connection": "Mất kết nối",
    "recording": "Mất ghi hình",
    "power": "Mất điện",
    "disorder": "Gây rối trật tự",
    "other": "Khác",
}
ITEM_STATES = {"pending": "Chưa thực hiện", "running": "Đang diễn ra", "done": "Đã thực hiện", "waived": "Bỏ qua"}
STANDSTILLS = {"pause": "Tạm dừng", "interrupt": "Gián đoạn kỹ thuật"}


def local(at: datetime) -> datetime:
    """The moment in Vietnam."""
    return at.astimezone(VIETNAM)


def day(at: date | datetime | None) -> str:
    """30/11/2026, "" for none."""
    if at is None:
        return ""
    return (local(at) if isinstance(at, datetime) else at).strftime("%d/%m/%Y")


def clock(at: datetime | None) -> str:
    """14:05:09, "" for none."""
    return local(at).strftime("%H:%M:%S") if at is not None else ""


def moment(at: datetime | None) -> str:
    """14 giờ 05 phút, ngày 30/11/2026."""
    if at is None:
        return ""
    there = local(at)
    return f"{there.hour:02d} giờ {there.minute:02d} phút, ngày {day(at)}"


def stamp(at: datetime | None) -> str:
    """30/11/2026 14:05."""
    return local(at).strftime("%d/%m/%Y %H:%M") if at is not None else ""


def date_line(at: datetime | date | None) -> str:
    """ngày 30 tháng 11 năm 2026; dots to be filled in where there is no date. Months 1 and 2 have two digits."""
    if at is None:
        return "ngày …… tháng …… năm ………"
    there = local(at) if isinstance(at, datetime) else at
    month = f"{there.month:02d}" if there.month < 3 else str(there.month)
    return f"ngày {there.day:02d} tháng {month} năm {there.year}"


def number(value: float, digits: int = 0) -> str:
    """1.234,5."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def span(seconds: float) -> str:
    """1 giờ 02 phút 03 giây, without leading parts that are zero."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} giờ {minutes:02d} phút {rest:02d} giây"
    return f"{minutes} phút {rest:02d} giây" if minutes else f"{rest} giây"


def mbps(bps: float) -> str:
    """Bits a second as Mb/s."""
    return f"{number(bps / 1e6, 2)} Mb/s"


def hash_groups(digest: str) -> str:
    """A hash in groups of eight, which can be compared by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def sentence(*parts: str) -> str:
    """What is there of the parts, with commas."""
    return ", ".join(part.strip() for part in parts if part and part.strip())
