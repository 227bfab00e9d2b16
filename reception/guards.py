"""What must be so before a session moves on (pure): each unmet condition in words, with the place where it is met."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from config.words import Words
from reception.lifecycle import Action, Course, Refusal, SessionState, course_of, next_state
from reception.marks import Mark, MarkRecord, PreflightResult, PreflightState
from reception.procedure import Step
from reception.records import EndpointRecord, SessionRecord
from reception.session_plan import Approval, ScriptItem

CHECKED_ROLES = ("central", "delegate")  # an observer sends nothing, so nothing of it is checked
MEDIA_NEEDED = 2  # copies of the package on as many media
GB = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A condition that is not met. place: the page or field where it is, as `plan.chair_name` or `preflight`."""

    code: str
    words: Words
    place: str
    endpoint_id: str | None = None


class Unready(Refusal):
    """The action is the right one now, but conditions are not met."""

    def __init__(self, action: Action, unmet: Sequence[Unmet]) -> None:
        super().__init__(Words(*(" ".join(each.words[i] for each in unmet) for i in (0, 1))))
        self.action, self.unmet = action, tuple(unmet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An action with what its doer says. by: the account. reason: of postponing, cancelling, going back.

    approval: of APPROVE. planned_start: of RESCHEDULE. waive_script: the reason why items left open are given up;
    waive: they and steps of the procedure that are not done.
    """

    action: Action
    by: str = ""
    reason: str = ""
    approval: Approval | None = None
    planned_start: datetime | None = None
    waive_script: str = ""
    waive: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What guards look at beside the record. preflight: by endpoint, none: missing.

    planner: why the profile's lines do not carry these endpoints, None: they do. disk: free and needed bytes.
    """

    marks: Sequence[MarkRecord] = ()
    preflight: Mapping[str, PreflightState] = field(default_factory=dict)
    script: Sequence[ScriptItem] = ()
    steps: Sequence[Step] = ()
    planner: Words | None = None
    disk_free_bytes: int = 0
    disk_needed_bytes: int = 0

    def has(self, mark: Mark) -> bool:
        """Whether it stands."""
        return any(each.mark is mark for each in self.marks)


Guard = Callable[[SessionRecord, Order, Facts, datetime], Iterable[Unmet]]


def decide(record: SessionRecord, order: Order, facts: Facts, *, now: datetime) -> SessionState:
    """The state that the order leads to. Raises IllegalTransition, Unready."""
    course = course_of(record.kind)
    following = next_state(record.state, order.action, course)
    found = unmet(record, order, facts, now=now)
    if found:
        raise Unready(order.action, found)
    return following


def unmet(record: SessionRecord, order: Order, facts: Facts, *, now: datetime) -> list[Unmet]:
    """Conditions of an action that is possible in the record's state."""
    guards = _guards(record, order.action)
    return [each for guard in guards for each in guard(record, order, facts, now)]


def _guards(record: SessionRecord, action: Action) -> tuple[Guard, ...]:
    course, state = course_of(record.kind), record.state
    if action is Action.START:
        if course is Course.REHEARSAL or state is SessionState.INTERRUPTED:
            return ()
        return (_checked, _notice) if state is SessionState.READY else (_checked, _recorder, _notice)
    if action is Action.APPROVE and state is SessionState.DRAFT:
        return (_complete, _approved_by, _planner)
    return _GUARDS.get(action, ())


def _complete(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    plan = record.plan
    if not plan.host_organisation:
        yield Unmet(code="no_host", place="plan.host_organisation", words=_NO_HOST)
    if not plan.chair_name:
        yield Unmet(code="no_chair", place="plan.chair_name", words=_NO_CHAIR)
    if plan.matter_class is None:
        yield Unmet(code="no_class", place="plan.matter_class", words=_NO_CLASS)
    if not plan.reason_online:
        yield Unmet(code="no_reason", place="plan.reason_online", words=_NO_REASON)
    elif plan.reason_online == "khac" and not plan.reason_online_note:
        yield Unmet(code="no_reason_note", place="plan.reason_online_note", words=_NO_REASON_NOTE)
    if not any(each.role == "delegate" and not each.removed for each in record.endpoints):
        yield Unmet(code="no_delegate", place="endpoints", words=_NO_DELEGATE)
    if not plan.no_state_secrets:
        yield Unmet(code="state_secrets", place="plan.no_state_secrets", words=_STATE_SECRETS)


def _approved_by(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    """An ad hoc session is approved by word of mouth: a name is enough."""
    approval = order.approval
    if approval is None or not approval.name:
        yield Unmet(code="no_approver", place="approval", words=_NO_APPROVER)
    oral = record.state is SessionState.DRAFT
    if not oral and (approval is None or not approval.document_no):
        yield Unmet(code="no_document", place="approval", words=_NO_DOCUMENT)


def _planner(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    if facts.planner is not None:
        yield Unmet(code="bandwidth", place="planner", words=facts.planner)


def _still_approved(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    if record.plan.approval is None:
        yield Unmet(code="not_approved", place="approval", words=_NOT_APPROVED)
    if order.planned_start is None or order.planned_start <= now:
        yield Unmet(code="no_date", place="plan.planned_start", words=_NO_DATE)


def _checked(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    for endpoint in checked_endpoints(record):
        state = facts.preflight.get(endpoint.id)
        if state is None or not state.lets_go:
            yield Unmet(code="preflight", place="preflight", endpoint_id=endpoint.id, words=_preflight(endpoint, state))


def _preflight(endpoint: EndpointRecord, state: PreflightState | None) -> Words:
    if state is None or state.result is PreflightResult.MISSING:
        return Words(
            f"“{endpoint.name}” chưa kiểm tra kỹ thuật.", f"“{endpoint.name}” has not been checked technically."
        )
    return Words(
        f"“{endpoint.name}” kiểm tra kỹ thuật không đạt: sửa rồi kiểm tra lại, hoặc cho qua kèm lý do.",
        f"“{endpoint.name}” failed its technical check: repair and check again, or waive it with a reason.",
    )


def _recorder(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    if not facts.has(Mark.RECORDER_TESTED):
        yield Unmet(code="recorder", place="recorder", words=_RECORDER)


def _disk(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    free, needed = facts.disk_free_bytes / GB, facts.disk_needed_bytes / GB
    if free < needed:
        words = Words(
            f"Ổ đĩa ghi hình chỉ còn trống {free:.1f} GB, buổi tiếp cần khoảng {needed:.1f} GB: "
            "giải phóng dung lượng hoặc gắn thêm ổ cứng.",
            f"Only {free:.1f} GB are free for the recording, the session needs about {needed:.1f} GB: "
            "free some space or attach another disk.",
        )
        yield Unmet(code="disk", place="disk", words=words)


def _notice(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    if not facts.has(Mark.NOTICE_SHOWN):
        yield Unmet(code="notice", place="notice", words=_NOTICE)


def _script_closed(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    left = [item.title for item in facts.script if item.open]
    if left and not (order.waive_script or order.waive):
        names = "; ".join(f"“{title}”" for title in left)
        words = Words(
            f"Kịch bản còn mục chưa kết thúc: {names}. Kết thúc từng mục, hoặc bỏ qua kèm lý do.",
            f"Items of the script are still open: {names}. Close each, or waive them with a reason.",
        )
        yield Unmet(code="script", place="script", words=words)


def _procedure(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    """Each step is done or waived with a reason; a rehearsal has no citizens, and ends when it is enough."""
    if course_of(record.kind) is Course.REHEARSAL:
        return
    for step in facts.steps:
        if step.needs is not None and step.state == "open" and not order.waive:
            words = Words(
                f"Bước “{step.name.vi}” chưa làm: {step.needs.vi}. Làm, hoặc bỏ qua kèm lý do.",
                f"The step “{step.name.en}” is not done: {step.needs.en}. Do it, or waive it with a reason.",
            )
            yield Unmet(code="step", place=f"steps.{step.key}", words=words)


def _reasoned(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    if not order.reason:
        yield Unmet(code="no_why", place="reason", words=_NO_WHY)


def _kept(record: SessionRecord, order: Order, facts: Facts, now: datetime) -> Iterable[Unmet]:
    if not facts.has(Mark.MINUTES_FINAL):
        yield Unmet(code="minutes", place="minutes", words=_MINUTES)
    media = {each.subject for each in facts.marks if each.mark is Mark.PACKAGE_VERIFIED}
    if len(media) < MEDIA_NEEDED:
        words = Words(
            f"Gói hồ sơ mới được kiểm chứng trên {len(media)} nơi lưu, cần {MEDIA_NEEDED}: "
            "sao chép sang ổ thứ hai rồi kiểm chứng.",
            f"The package was verified on {len(media)} media of {MEDIA_NEEDED} needed: copy it to another and verify.",
        )
        yield Unmet(code="package", place="package", words=words)
    if not record.plan.retention:
        yield Unmet(code="retention", place="plan.retention", words=_RETENTION)


def checked_endpoints(record: SessionRecord) -> list[EndpointRecord]:
    """The endpoints that need a technical check."""
    return [each for each in record.endpoints if not each.removed and each.role in CHECKED_ROLES]


_GUARDS: Mapping[Action, tuple[Guard, ...]] = {
    Action.SUBMIT: (_complete,),
    Action.APPROVE: (_approved_by, _planner),
    Action.RESCHEDULE: (_still_approved,),
    Action.READY: (_checked, _recorder, _disk),
    Action.END: (_script_closed, _procedure),
    Action.ARCHIVE: (_kept,),
    Action.POSTPONE: (_reasoned,),
    Action.CANCEL: (_reasoned,),
}

_NO_HOST = Words("Chưa ghi cơ quan chủ trì.", "The host organisation is missing.")
_NO_CHAIR = Words("Chưa ghi người chủ trì.", "The chair is missing.")
_NO_CLASS = Words("Chưa chọn nhóm vụ việc (1 đến 6).", "The class of matters (1 to 6) is not chosen.")
_NO_REASON = Words("Chưa chọn căn cứ tổ chức trực tuyến.", "The reason for holding it online is not chosen.")
_NO_REASON_NOTE = Words("Căn cứ “khác” phải ghi rõ.", "The reason “other” must be written out.")
_NO_DELEGATE = Words("Chưa có điểm cầu đại biểu nào.", "There is no delegate endpoint.")
_STATE_SECRETS = Words(
    "Chưa xác nhận nội dung không chứa bí mật nhà nước.", "It is not confirmed that no state secrets are discussed."
)
_NO_APPROVER = Words("Chưa ghi tên người phê duyệt.", "The approver's name is missing.")
_NO_DOCUMENT = Words("Chưa ghi số văn bản phê duyệt.", "The number of the approval's document is missing.")
_NOT_APPROVED = Words(
    "Buổi tiếp chưa được phê duyệt: đưa về bản nháp rồi trình phê duyệt.",
    "The session was never approved: take it back to a draft and submit it.",
)
_NO_DATE = Words("Cần một ngày, giờ mới, sau thời điểm này.", "A new date and time in the future is needed.")
_RECORDER = Words(
    "Chưa ghi thử và phát lại đoạn ghi thử.", "No test recording has been made and played back on this server."
)
_NOTICE = Words(
    "Chưa hiển thị thông báo ghi âm, ghi hình cho các điểm cầu.",
    "The notice of recording has not been shown to the endpoints.",
)
_MINUTES = Words(
    "Biên bản chưa hoàn tất (còn thiếu tình trạng chữ ký).",
    "The minutes are not final: states of signatures are missing.",
)
_RETENTION = Words("Chưa chọn thời hạn bảo quản.", "The retention class is not chosen.")
_NO_WHY = Words("Cần ghi lý do.", "A reason is needed.")
