"""What was done to a session, in a sentence (pure)."""

from collections.abc import Sequence
from datetime import timedelta, timezone

from config.words import Words
from reception.records import EventRecord

VIETNAM = timezone(timedelta(hours=7))  # it knows no summer time
_DONE = {
    "submit": Words("trình phê duyệt", "submitted the session"),
    "approve": Words("phê duyệt", "approved the session"),
    "revise": Words("đưa buổi tiếp về bản nháp", "took the session back to a draft"),
    "check": Words("bắt đầu kiểm tra kỹ thuật", "began the technical check"),
    "ready": Words("xác nhận sẵn sàng", "declared the session ready"),
    "start": Words("bắt đầu buổi tiếp", "started the session"),
    "pause": Words("tạm dừng buổi tiếp", "paused the session"),
    "interrupt": Words("báo gián đoạn", "interrupted the session"),
    "resume": Words("tiếp tục buổi tiếp", "resumed the session"),
    "end": Words("kết thúc buổi tiếp", "ended the session"),
    "archive": Words("lưu trữ buổi tiếp", "archived the session"),
    "postpone": Words("hoãn buổi tiếp", "postponed the session"),
    "reschedule": Words("xếp lịch lại", "gave the session a new date"),
    "cancel": Words("hủy buổi tiếp", "cancelled the session"),
    "plan": Words("sửa kế hoạch", "changed the plan"),
    "script": Words("sửa kịch bản", "changed the script"),
    "people": Words("sửa danh sách đại biểu", "changed the named delegates"),
    "invite": Words("mời thêm điểm cầu", "invited an endpoint"),
}
_NOBODY = Words("Có người", "Somebody")


def what_changed(events: Sequence[EventRecord]) -> Words:
    """Who did what meanwhile, and when, for a person whose own change was too late."""
    vi = "; ".join(f"{event.actor or _NOBODY.vi} đã {_done(event).vi} lúc {_time(event)}" for event in events)
    en = "; ".join(f"{event.actor or _NOBODY.en} {_done(event).en} at {_time(event)}" for event in events)
    return Words(f"{vi}. Xem lại rồi thao tác tiếp.", f"{en}. Look at it again before you go on.")


def _done(event: EventRecord) -> Words:
    return _DONE.get(event.kind, Words(f"thao tác “{event.kind}”", f"did “{event.kind}”"))


def _time(event: EventRecord) -> str:
    return event.at.astimezone(VIETNAM).strftime("%H:%M:%S")
