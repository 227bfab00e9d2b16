"""The API's operations on the steps of the procedure: which are done, and one waived with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from reception.lifecycle import OPEN_STATES
from reception.permissions import Permission
from reception.procedure import Step
from signalling.bodies import Body
from signalling.course_api import actor_of
from signalling.problems import Problem, not_found
from signalling.procedure import procedure_of, waive_steps
from signalling.routing import Call, Route


class WaiveStep(Body):
    """Why a step is given up; it stands in the minutes."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]


class StepView(BaseModel):
    """A step. state: done, waived or open. needs_…: what an open one lacks, and where it is done.

    by, at, reason: of a waiver.
    """

    key: str
    name_vi: str
    name_en: str
    state: str
    needs_vi: str
    needs_en: str
    by: str
    at: datetime | None
    reason: str

    @classmethod
    def of(cls, step: Step) -> StepView:
        """As it stands."""
        needs = step.needs if step.state == "open" else None
        said = {"by": step.by, "at": step.at, "reason": step.reason} if step.state == "waived" else {}
        return cls(
            key=step.key,
            name_vi=step.name.vi,
            name_en=step.name.en,
            state=step.state,
            needs_vi=needs.vi if needs else "",
            needs_en=needs.en if needs else "",
            **{"by": "", "at": None, "reason": "", **said},
        )


class ProcedureView(BaseModel):
    """The steps in order."""

    steps: list[StepView]


async def get_procedure(call: Call) -> BaseModel:
    """GET /sessions/{id}/procedure."""
    record = await call.services.session(call.path("id"))
    steps = await procedure_of(call.services, record, over=True)
    return ProcedureView(steps=[StepView.of(each) for each in steps])


async def waive_step(call: Call) -> BaseModel:
    """POST /sessions/{id}/procedure/{step}/waive."""
    record = await call.services.session(call.path("id"))
    if record.state not in OPEN_STATES:
        vi, en = "Chỉ bỏ qua bước khi buổi tiếp đang mở.", "Steps are waived while the session is open."
        raise Problem(409, "not_open", en, en, reason_vi=vi, reason_en=en)
    step = next((e for e in await procedure_of(call.services, record) if e.key == call.path("step")), None)
    if step is None:
        raise not_found("step")
    if step.state != "open":
        vi, en = "Bước này đã xong hoặc đã bỏ qua.", "The step is done or waived already."
        raise Problem(409, "step_over", en, en, reason_vi=vi, reason_en=en)
    await waive_steps(call.services, record, by=actor_of(call), reason=call.body.reason, only=step.key)
    return await get_procedure(call)


_P = "/api/v1/sessions/{id}/procedure"
ROUTES = [
    Route(
        method="GET",
        path=_P,
        handler=get_procedure,
        summary="The steps of the procedure: done, waived or open, and what an open one lacks",
        permission=Permission.VIEW_PROCEDURE,
        result=ProcedureView,
    ),
    Route(
        method="POST",
        path=f"{_P}/{{step}}/waive",
        handler=waive_step,
        summary="Waive a step of the procedure with a reason, which stands in the minutes",
        permission=Permission.RUN_SESSION,
        body=WaiveStep,
        result=ProcedureView,
    ),
]
