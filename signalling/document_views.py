"""What the HTTP API says and hears of a session's documents."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, field_validator

from reception.case_records import Document
from signalling.bodies import Body
from signalling.case_views import Changes, Id, Short, Text

Visibility = Literal["chu_tri", "co_quan", "tat_ca"]
Form = Literal["ban_goc", "ban_sao"]
Pages = Annotated[int, Field(ge=1, le=10_000)]


class ChangeDocument(Changes):
    """Facts about a document; what is left out stays. endpoints: see Document in reception/case_records.py."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = "?"
    item_id: Id = ""
    pages: Pages | None = None
    form: Form = "ban_sao"
    from_whom: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    received_by: Short = ""
    visibility: Visibility = "chu_tri"
    endpoints: Annotated[list[Id], Field(max_length=64)] | None = None

    @field_validator("endpoints", mode="before")
    @classmethod
    def _from_a_form(cls, value: Any) -> Any:
        """A form's field is text: a JSON list, or ids parted by commas."""
        if not isinstance(value, str):
            return value
        if value.startswith("["):
            return json.loads(value)
        return [part for part in value.split(",") if part.strip()] if value.strip() else None

    def changes(self) -> dict[str, Any]:
        """What is set in the record."""
        found = self.given("endpoint_id")
        if isinstance(found.get("endpoints"), list):
            found["endpoints"] = tuple(found["endpoints"])
        return found


class UploadFacts(ChangeDocument):
    """What is said with an upload, as fields of the form beside `file`. endpoint_id: where it was handed in."""

    endpoint_id: Id = ""


class RemoveDocument(Body):
    """Why a document is taken out."""

    reason: Text


class Present(Body):
    """Show a document in the rooms, from this page."""

    document_id: Id
    page: Pages = 1


class RoomsMay(Body):
    """Whether rooms may show their own documents to the others."""

    on: bool


class DocumentView(BaseModel):
    """A document. may_open: the bearer may have the file. removed_*: it was taken out."""

    id: str
    item_id: str
    name: str
    media_type: str
    bytes: int
    sha256: str
    pages: int | None
    form: str
    from_whom: str
    endpoint_id: str
    received_by: str
    at: datetime
    visibility: str
    endpoints: list[str] | None
    removed_at: datetime | None
    removed_by: str
    removed_reason: str
    may_open: bool

    @classmethod
    def of(cls, document: Document, *, may_open: bool) -> DocumentView:
        """As it is shown."""
        values = asdict(document)
        values.pop("session_id")
        return cls(**values, may_open=may_open)


class ShownView(BaseModel):
    """What stands in the rooms now. rooms: endpoints whose screens show it."""

    document_id: str
    page: int
    by: str
    since: datetime | None
    rooms: list[str]


class DocumentList(BaseModel):
    """Documents in the order of receipt. rooms_may: rooms may show their own."""

    documents: list[DocumentView]
    shown: ShownView | None
    rooms_may: bool
    max_bytes: int
