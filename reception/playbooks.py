"""What to do in an incident (pure): steps in order, some of which one click carries out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from config.words import Words

IncidentKind = Literal["picture", "sound", "connection", "recording", "power", "disorder", "other"]
StepAction = Literal[
    "",
    "ask_camera",
    "ask_microphone",
    "lock",
    "hold",
    "remove",
    "audio_only",
    "announce",
    "unspotlight",
    "pause",
    "interrupt",
    "resume",
    "restart_recording",
]
KINDS: tuple[IncidentKind, ...] = ("picture", "sound", "connection", "recording", "power", "disorder", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. `action`: what a click does; "": a person does it and ticks it. `said`: what an announcement says."""

    key: str
    text: Words
    action: StepAction = ""
    said: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """The steps for one kind of incident."""

    kind: IncidentKind
    title: Words
    steps: tuple[Step, ...]

    @property
    def help(self) -> str:
        """The help's chapter on it."""
        return HELP[self.kind]


HELP: dict[IncidentKind, str] = {
    "picture": "su-co-mat-hinh",
    "sound": "su-co-mat-tieng",
    "connection": "su-co-mat-ket-noi",
    "recording": "su-co-mat-ghi-hinh",
    "power": "su-co-mat-dien",
    "disorder": "su-co-gay-roi",
    "other": "su-co-khac",
}


def _step(key: str, vi: str, en: str, action: StepAction = "", said: Words | None = None) -> Step:
    return Step(key=key, text=Words(vi, en), action=action, said=said)


_CALL = _step("call", "Gọi điện cho kỹ thuật viên điểm cầu", "Call the technician there")
_WAIT = Words(
    "Đang xử lý sự cố kỹ thuật. Xin quý vị chờ trong ít phút.", "A technical fault is being dealt with. Please wait."
)
_TELL_ALL = _step("tell_all", "Thông báo cho mọi điểm cầu chờ", "Tell all to wait", "announce", _WAIT)
_PAUSE = _step("pause", "Tạm dừng buổi tiếp theo ý kiến người chủ trì", "Pause, on the chair's word", "pause")
_RESUME = _step("resume", "Tiếp tục buổi tiếp", "Resume the session", "resume")
_OFF_STAGE = _step("off_stage", "Bỏ điểm cầu khỏi màn hình chính", "Take it off the stage", "unspotlight")
_AUDIO = _step("audio_only", "Chuyển điểm cầu sang chỉ âm thanh", "Audio only for this endpoint", "audio_only")

PLAYBOOKS: dict[IncidentKind, Playbook] = {
    "picture": Playbook(
        kind="picture",
        title=Words("Mất hình", "Picture lost"),
        steps=(
            _step("ask_camera", "Đề nghị điểm cầu bật lại camera", "Ask for the camera", "ask_camera"),
            _step("check", "Kiểm tra nắp che, dây và nguồn camera", "Check the camera's cover, cable and power"),
            _OFF_STAGE,
            _AUDIO,
            _CALL,
            _step("swap", "Đổi sang camera dự phòng hoặc máy khác", "Use another camera or computer"),
        ),
    ),
    "sound": Playbook(
        kind="sound",
        title=Words("Mất tiếng", "Sound lost"),
        steps=(
            _step("ask_microphone", "Đề nghị điểm cầu bật micro", "Ask for the microphone", "ask_microphone"),
            _step("check", "Kiểm tra dây micro, nút tắt tiếng, loa", "Check microphone cable, its switch, speakers"),
            _step("device", "Chọn lại thiết bị trong ngăn kỹ thuật", "Choose the device in the technician's drawer"),
            _AUDIO,
            _CALL,
            _step("phone", "Nối tạm bằng điện thoại trong khi sửa", "Bridge by telephone meanwhile"),
        ),
    ),
    "connection": Playbook(
        kind="connection",
        title=Words("Mất kết nối", "Connection lost"),
        steps=(
            _TELL_ALL,
            _OFF_STAGE,
            _CALL,
            _step("spare", "Đề nghị chuyển sang đường truyền dự phòng (4G)", "Ask for the spare line (4G)"),
            _AUDIO,
            _PAUSE,
            _RESUME,
        ),
    ),
    "recording": Playbook(
        kind="recording",
        title=Words("Mất ghi hình", "Recording lost"),
        steps=(
            _PAUSE,
            _step("restart", "Khởi động lại ghi hình", "Restart the recording", "restart_recording"),
            _step("space", "Giải phóng dung lượng hoặc gắn ổ cứng ngoài", "Free space or attach a drive"),
            _step("listen", "Nghe, xem lại bản ghi vừa lưu", "Play back what was just recorded"),
            _step("own", "Ghi dự phòng bằng thiết bị khác", "Record by other means meanwhile"),
            _RESUME,
        ),
    ),
    "power": Playbook(
        kind="power",
        title=Words("Mất điện", "Power lost"),
        steps=(
            _step("ups", "Bật UPS hoặc máy phát, kiểm tra dây nguồn", "Use UPS or generator, check the cable"),
            _TELL_ALL,
            _step("interrupt", "Chuyển buổi tiếp sang gián đoạn", "Mark the session as interrupted", "interrupt"),
            _AUDIO,
            _CALL,
            _step("check", "Kiểm tra ghi hình và điểm danh lại trước khi tiếp tục", "Check recording and roll call"),
            _RESUME,
        ),
    ),
    "disorder": Playbook(
        kind="disorder",
        title=Words("Gây rối", "Disorder"),
        steps=(
            _step("lock", "Tắt và khóa micro điểm cầu", "Mute and lock", "lock"),
            _step(
                "warn",
                "Nhắc nhở giữ trật tự",
                "Ask for order",
                "announce",
                Words("Đề nghị giữ trật tự và thực hiện nội quy tiếp công dân.", "Please keep order and the rules."),
            ),
            _OFF_STAGE,
            _step("hold", "Đưa điểm cầu về phòng chờ", "Send to the waiting room", "hold"),
            _PAUSE,
            _step("record", "Lập biên bản vi phạm nội quy", "Make a record of the violation"),
            _step("remove", "Mời điểm cầu ra khỏi phòng", "Remove the endpoint", "remove"),
            _RESUME,
        ),
    ),
    "other": Playbook(
        kind="other",
        title=Words("Sự cố khác", "Other incident"),
        steps=(_CALL, _TELL_ALL, _PAUSE, _RESUME),
    ),
}
