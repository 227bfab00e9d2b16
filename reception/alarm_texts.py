"""What an alarm says (pure): state, cause and action in plain words, both languages, and which playbook it opens."""

from __future__ import annotations

from dataclasses import dataclass

from config.words import Words
from reception.playbooks import IncidentKind


@dataclass(frozen=True, slots=True)
class AlarmText:
    """Sentences with {places} for values."""

    playbook: IncidentKind
    state: Words
    cause: Words
    action: Words


def _text(playbook: IncidentKind, state: Words, cause: Words, action: Words) -> AlarmText:
    return AlarmText(playbook, state, cause, action)


W = Words
_LINE_CABLE = W(
    "Đề nghị điểm cầu cắm dây mạng thay Wi-Fi, dừng việc khác đang dùng mạng, hoặc chuyển đường dự phòng.",
    "Ask the people there to use a cable, to stop what else uses the network, or to change to the spare line.",
)
_SITE_FREE = W(
    "Tại trung tâm, dừng tải xuống và sao lưu trên đường truyền này; nếu vẫn nghẽn, chọn cấu hình băng thông nhẹ hơn.",
    "At the centre, stop downloads and backups on this line; if it stays jammed choose a lighter profile.",
)
_CLOSE = W(
    "Đề nghị điểm cầu đóng bớt chương trình và cắm nguồn máy tính; nếu vẫn chậm, đổi máy khác.",
    "Ask the people there to close other programs and to plug in the power; else to use another computer.",
)
_SERVER = W(
    "Dừng việc nặng trên máy chủ (ghép bản ghi, sao lưu) và đóng chương trình khác.",
    "Stop heavy work on the server (composing, backups) and close other programs.",
)
_FREE_DISK = W(
    "Gắn ổ cứng ngoài hoặc giải phóng dung lượng.",
    "Attach an external drive or free some space.",
)

TEXTS: dict[str, AlarmText] = {
    "recording_fault": _text(
        "recording",
        W("SỰ CỐ GHI HÌNH: bản ghi đang bị gián đoạn.", "RECORDING FAULT: the recording has a gap now."),
        W("{reason}", "{reason}"),
        W(
            "Tạm dừng buổi tiếp và bấm “Khởi động lại ghi hình”.",
            "Pause the session and press “Restart the recording”.",
        ),
    ),
    "not_recorded": _text(
        "recording",
        W("CHƯA GHI HÌNH: buổi tiếp đang mở mà không được ghi.", "NOT RECORDED: the session is open and unrecorded."),
        W("{reason}", "{reason}"),
        W("Bấm “Khởi động lại ghi hình”.", "Press “Restart the recording”."),
    ),
    "disk_critical": _text(
        "recording",
        W("Ổ đĩa chỉ còn đủ để ghi khoảng {left}.", "The disk lasts for about {left} more."),
        W("Ổ đĩa gần hết chỗ.", "The disk is almost full."),
        _FREE_DISK,
    ),
    "disk_low": _text(
        "recording",
        W("Ổ đĩa còn đủ để ghi khoảng {left}.", "The disk lasts for about {left}."),
        W("Ổ đĩa sắp đầy.", "The disk fills up."),
        _FREE_DISK,
    ),
    "disk_failed": _text(
        "recording",
        W("Ổ đĩa ghi bản ghi bị lỗi.", "The disk of the recording has failed."),
        W(
            "Ổ đĩa báo lỗi đọc/ghi; ghi tiếp trên ổ thứ hai nếu có.",
            "I/O errors; a second disk goes on if there is one.",
        ),
        W("Báo kỹ thuật kiểm tra ổ đĩa chính ngay.", "Have the first disk looked at now."),
    ),
    "second_disk": _text(
        "recording",
        W("Đang ghi vào ổ đĩa thứ hai.", "The second disk is in use."),
        W("Ổ đĩa chính đã đầy.", "The first disk is full."),
        W("Không tháo ổ đĩa thứ hai; giải phóng ổ đĩa chính.", "Do not detach the second disk; free the first."),
    ),
    "interrupted": _text(
        "power",
        W("Buổi tiếp đang gián đoạn.", "The session is interrupted."),
        W("Máy chủ vừa khởi động lại, mất điện hoặc sự cố kỹ thuật.", "The server restarted, a power cut, or a fault."),
        W(
            "Kiểm tra ghi hình và các điểm cầu, rồi bấm “Tiếp tục”.",
            "Check the recording and the endpoints, then press “Resume”.",
        ),
    ),
    "on_battery": _text(
        "power",
        W("Điểm cầu {name}: máy tính đang chạy bằng pin, còn {battery}.", "{name}: on battery, {battery} left."),
        W("Mất điện, hoặc dây nguồn bị rút.", "A power cut, or the power cable is unplugged."),
        W(
            "Đề nghị điểm cầu bật UPS hoặc máy phát, kiểm tra dây nguồn.",
            "Ask the people there to use the UPS or generator and to check the cable.",
        ),
    ),
    "not_here": _text(
        "connection",
        W("Điểm cầu {name} chưa vào.", "{name} has not come."),
        W("Buổi tiếp đã bắt đầu mà điểm cầu chưa mở đường dẫn.", "The session runs and its link was not opened."),
        W("Gọi điện cho kỹ thuật viên điểm cầu.", "Call the technician there."),
    ),
    "endpoint_line.no_contact": _text(
        "connection",
        W("Điểm cầu {name} mất kết nối.", "{name} has lost contact."),
        W("Mạng ở đó bị đứt, mất điện hoặc máy đã tắt.", "Its network is down, its power cut, or its computer off."),
        W(
            "Gọi điện cho kỹ thuật viên; điểm cầu tự vào lại khi có mạng.",
            "Call the technician; the endpoint comes back by itself.",
        ),
    ),
    "endpoint_line.no_media": _text(
        "connection",
        W("Điểm cầu {name}: trang đang mở nhưng hình, tiếng không tới máy chủ.", "{name}: its media do not arrive."),
        W("Mạng ở đó đang chặn.", "Its network blocks them."),
        W(
            "Nhờ người quản lý mạng ở đó cho phép kết nối, hoặc dùng mạng khác (4G).",
            "Ask for the connection to be allowed there, or use another network (4G).",
        ),
    ),
    "endpoint_line.loss_down": _text(
        "connection",
        W("Điểm cầu {name}: đường truyền yếu (mất gói {loss_down}).", "{name}: weak line ({loss_down} lost)."),
        W("Mạng ở đó mất gói chiều về. Hệ thống đã giảm hình, giữ tiếng.", "Its line loses packets on the way in."),
        _LINE_CABLE,
    ),
    "endpoint_line.loss_up": _text(
        "connection",
        W("Điểm cầu {name}: hình, tiếng gửi lên bị vỡ (mất gói {loss_up}).", "{name} is seen broken ({loss_up} lost)."),
        W("Mạng ở đó mất gói chiều gửi lên.", "Its line loses packets on the way out."),
        _LINE_CABLE,
    ),
    "endpoint_line.slow_down": _text(
        "connection",
        W("Điểm cầu {name}: đường truyền hẹp, chỉ tải được {carried_bps}.", "{name}: its line carries {carried_bps}."),
        W("Mạng ở đó không đủ chiều về. Hệ thống đã giảm hình, giữ tiếng.", "Its line is too narrow on the way in."),
        _LINE_CABLE,
    ),
    "endpoint_line.slow_up": _text(
        "connection",
        W("Điểm cầu {name}: chỉ gửi lên được {up_bps}.", "{name} sends only {up_bps}."),
        W("Mạng ở đó không đủ chiều gửi lên.", "Its line is too narrow on the way out."),
        _LINE_CABLE,
    ),
    "endpoint_line.delay": _text(
        "connection",
        W("Điểm cầu {name}: tiếng, hình trễ {rtt_ms} ms.", "{name}: {rtt_ms} ms late."),
        W("Mạng ở đó bị trễ.", "Its line is late."),
        _LINE_CABLE,
    ),
    "endpoint_line.jitter": _text(
        "sound",
        W("Điểm cầu {name}: tiếng bị ngắt quãng.", "{name}: the sound has gaps."),
        W("Mạng ở đó chập chờn.", "Its line is unsteady."),
        _LINE_CABLE,
    ),
    "site_line": _text(
        "connection",
        W("Đường truyền của trung tâm đang gặp sự cố ({name}).", "The centre's line is in trouble ({name})."),
        W("Nhiều điểm cầu cùng bị một lúc.", "Several endpoints feel it at once."),
        _SITE_FREE,
    ),
    "site_line.full": _text(
        "picture",
        W("Điểm cầu {name} phải tạm dừng {pictures} hình.", "{name} goes without {pictures} pictures."),
        W(
            "Phần đường truyền của trung tâm dành cho hình, tiếng ({limit_bps}) đã dùng hết.",
            "The part of the centre's line for media ({limit_bps}) is used up.",
        ),
        W(
            "Chọn cấu hình băng thông nhẹ hơn, hoặc tắt camera không cần thiết.",
            "Choose a lighter profile, or switch off cameras that are not needed.",
        ),
    ),
    "device.encoder": _text(
        "picture",
        W("Điểm cầu {name}: hình gửi đi nhỏ hoặc giật.", "{name}: its picture is small or jerky."),
        W("Máy tính ở đó quá tải.", "Its computer is overloaded."),
        _CLOSE,
    ),
    "device.decoder": _text(
        "picture",
        W("Điểm cầu {name}: hình nhận được bị giật.", "{name}: the pictures it shows are jerky."),
        W("Máy tính ở đó quá tải, dù đường truyền tốt.", "Its computer is overloaded, though the line is fine."),
        _CLOSE,
    ),
    "device.voice_gaps": _text(
        "sound",
        W("Điểm cầu {name}: nghe tiếng bị ngắt quãng.", "{name} hears gaps."),
        W("Máy tính ở đó quá tải, dù đường truyền tốt.", "Its computer is overloaded, though the line is fine."),
        _CLOSE,
    ),
    "device.camera_slow": _text(
        "picture",
        W("Điểm cầu {name}: camera chỉ cho {capture_fps} hình/giây.", "{name}: its camera gives {capture_fps} fps."),
        W("Phòng thiếu sáng hoặc máy quá tải.", "The room is dark or the computer overloaded."),
        W("Đề nghị bật thêm đèn và đóng bớt chương trình.", "Ask for more light and fewer programs."),
    ),
    "device.camera_silent": _text(
        "picture",
        W("Điểm cầu {name}: mất hình.", "{name}: no picture."),
        W("Camera đang bật nhưng không cho hình nào.", "Its camera is on and gives nothing."),
        W(
            "Đề nghị kiểm tra nắp che, dây camera và chương trình khác đang dùng camera.",
            "Ask to check cover and cable.",
        ),
    ),
    "no_sound": _text(
        "sound",
        W("Điểm cầu {name}: mất tiếng.", "{name}: no sound."),
        W("Micro đang bật nhưng không có tiếng nào tới máy chủ.", "Its microphone is on and nothing arrives."),
        W("Đề nghị kiểm tra dây micro, nút tắt tiếng trên micro và thiết bị đã chọn.", "Ask to check the microphone."),
    ),
    "server": _text(
        "connection",
        W("Máy chủ bị chậm: hình, tiếng của mọi điểm cầu có thể bị giật.", "The server is slow: all may stutter."),
        W("Máy chủ quá tải hoặc card mạng gặp lỗi; không phải lỗi đường truyền.", "Overload, or its network card."),
        _SERVER,
    ),
    "help": _text(
        "other",
        W("Điểm cầu {name} gọi hỗ trợ kỹ thuật.", "{name} asks for technical help."),
        W("{note}", "{note}"),
        W("Gọi điện cho kỹ thuật viên điểm cầu.", "Call the technician there."),
    ),
    "disorder": _text(
        "disorder",
        W("Điểm cầu {name}: có người gây rối.", "{name}: somebody disturbs."),
        W("{note}", "{note}"),
        W(
            "Tắt và khóa micro, báo người chủ trì; nếu tiếp diễn, đưa về phòng chờ và lập biên bản.",
            "Mute and lock, tell the chair; if it goes on send to the waiting room and make a record.",
        ),
    ),
}

OTHER = _text(
    "other",
    W("{name}: có sự cố ({kind}).", "{name}: trouble ({kind})."),
    W("Chưa rõ nguyên nhân.", "The cause is not known."),
    W("Kiểm tra điểm cầu và máy chủ.", "Check endpoint and server."),
)


def text_of(kind: str) -> AlarmText:
    """The text of an alarm's kind; of a family ("site_line.…") where the kind itself has none."""
    return TEXTS.get(kind) or TEXTS.get(kind.partition(".")[0]) or OTHER


def alarm_anchor(kind: str) -> str:
    """The id of an alarm's line in the help's chapter on its playbook."""
    return "canh-bao-" + kind.replace(".", "-").replace("_", "-")


class _Places(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "–"


def filled(words: Words, values: dict[str, str]) -> Words:
    """The sentence with its values in place; what is not known is a dash."""
    vi = words.vi
    if str(values.get("name", "")).casefold().startswith("điểm cầu "):
        vi = vi.replace("Điểm cầu {name}", "{name}")  # it says itself what it is
    return Words(vi.format_map(_Places(values)), words.en.format_map(_Places(values)))
