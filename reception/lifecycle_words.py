"""States and actions of a session in words (pure)."""

from config.words import Words

STATES = {  # the beginning of a sentence
    "draft": Words("Buổi tiếp còn là bản nháp, chưa bắt đầu", "The session is a draft and has not started"),
    "awaiting_approval": Words(
        "Buổi tiếp đang chờ phê duyệt, chưa bắt đầu", "The session awaits approval and has not started"
    ),
    "scheduled": Words(
        "Buổi tiếp đã lên lịch nhưng chưa kiểm tra kỹ thuật", "The session is scheduled, its technical check is to come"
    ),
    "technical_check": Words("Buổi tiếp đang kiểm tra kỹ thuật", "The session is in its technical check"),
    "ready": Words("Buổi tiếp đã sẵn sàng nhưng chưa bắt đầu", "The session is ready and has not started"),
    "live": Words("Buổi tiếp đang diễn ra", "The session is live"),
    "paused": Words("Buổi tiếp đang tạm dừng", "The session is paused"),
    "interrupted": Words("Buổi tiếp đang gián đoạn", "The session is interrupted"),
    "ended": Words("Buổi tiếp đã kết thúc", "The session has ended"),
    "archived": Words("Buổi tiếp đã lưu trữ, chỉ còn xem được", "The session is archived and can only be read"),
    "postponed": Words("Buổi tiếp đã hoãn", "The session is postponed"),
    "cancelled": Words("Buổi tiếp đã hủy", "The session is cancelled"),
}
ACTIONS = {  # after "không thể", "it cannot"
    "submit": Words("trình phê duyệt", "be submitted for approval"),
    "approve": Words("phê duyệt", "be approved"),
    "revise": Words("đưa về bản nháp để sửa", "be taken back for changes"),
    "check": Words("kiểm tra kỹ thuật", "be checked technically"),
    "ready": Words("xác nhận sẵn sàng", "be declared ready"),
    "start": Words("bắt đầu", "be started"),
    "pause": Words("tạm dừng", "be paused"),
    "interrupt": Words("báo gián đoạn", "be interrupted"),
    "resume": Words("tiếp tục", "be resumed"),
    "end": Words("kết thúc", "be ended"),
    "archive": Words("lưu trữ", "be archived"),
    "postpone": Words("hoãn", "be postponed"),
    "reschedule": Words("xếp lịch lại", "be given a new date"),
    "cancel": Words("hủy", "be cancelled"),
}
POSSIBLE = {
    "these": Words("Có thể:", "It can be:"),
    "nothing": Words("Không còn bước nào nữa.", "No step is left."),
}
