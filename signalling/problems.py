"""Errors of the HTTP API as problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic import ValidationError

from config.problems import ConfigError
from reception.database import Refusal, refusal_of
from signalling.problem_words import REASONS_VI
from signalling.views import CheckedProblem


class Problem(Exception):
    """An answer other than success. `code` is stable, `title` and `detail` are for people."""

    def __init__(self, status: int, code: str, title: str, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or title)
        self.status, self.code, self.title, self.detail, self.extra = status, code, title, detail, extra

    @property
    def reason_vi(self) -> str:
        """In Vietnamese, for people."""
        return str(self.extra.get("reason_vi") or REASONS_VI.get(self.code, ""))

    def response(self) -> web.Response:
        """The problem document."""
        body = {
            "type": f"urn:diemcau:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "reason_vi": self.reason_vi,
            "reason_en": self.detail or self.title,
            **self.extra,
        }
        headers = {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}
        return web.json_response(body, status=self.status, content_type="application/problem+json", headers=headers)


def invalid(error: ValidationError) -> Problem:
    """A body that does not fit its model: each fault with its place."""
    faults = [
        {"pointer": "/" + "/".join(str(part) for part in each["loc"]), "message": each["msg"]}
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    detail = "; ".join(f"{fault['pointer']}: {fault['message']}" for fault in faults)
    return Problem(422, "invalid_body", "The request's body is not valid", detail, errors=faults)


def invalid_profile(error: ConfigError) -> Problem:
    """A profile that was refused: each fault with line, key, value and what is allowed, in both languages."""
    problems = [CheckedProblem.of(each).model_dump() for each in error.problems]
    return Problem(422, "invalid_profile", "The profile is not valid", str(error), problems=problems)


def not_found(what: str) -> Problem:
    """404."""
    return Problem(404, "not_found", f"No such {what}", "It does not exist, or has been removed.")


def of_store(error: Exception) -> Problem | None:
    """The answer where the database is the reason; None where it is not."""
    refusal = refusal_of(error)
    if refusal is Refusal.UNAVAILABLE:
        vi, en = "Không truy cập được cơ sở dữ liệu.", "The database cannot be reached."
        return Problem(503, "store_unavailable", en, "See the server's log, and diemcau store check.", reason_vi=vi)
    if refusal is Refusal.VALUE:
        vi, en = "Có giá trị không lưu được vào cơ sở dữ liệu.", "The database cannot keep a value of the request."
        return Problem(422, "not_storable", en, "A number is too large, or a text has a NUL.", reason_vi=vi)
    return None
