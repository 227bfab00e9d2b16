"""Citizens, matters, notes, conclusions and documents of sessions."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES: Mapping[str, Mapping[str, int | str]] = {  # a number: a text of that length; "?": may be missing
    "citizen": {
        "id": "key",
        "session_id": "session",
        "position": "number",
        "endpoint_id": 32,
        "item_id": 32,
        "name": 120,
        "birth_year": "number?",
        "id_number_sealed": 200,
        "address": 300,
        "capacity": 32,
        "times": 16,
        "paper": 300,
        "checked_by": 120,
        "checked_at": "time?",
        "acknowledged_at": "time?",
        "notice_version": 40,
        "note": "text",
        "search": "text",
    },
    "matter": {
        "session_id": "session key",
        "item_id": "key",
        "kind": 32,
        "summary": "text",
        "resolved_by": 300,
        "handling": 32,
        "result": "text",
        "outcome": 32,
        "refusal_ground": 32,
        "follow_up": "text",
        "note": "text",
        "by": 120,
        "changed_at": "time?",
        "search": "text",
    },
    "session_note": {
        "id": "key",
        "session_id": "session",
        "item_id": 32,
        "at": "time",
        "endpoint_id": 32,
        "speaker": 200,
        "kind": 16,
        "text": "text",
        "author": 120,
        "edited_at": "time?",
        "removed_at": "time?",
        "search": "text",
    },
    "conclusion": {
        "id": "key",
        "session_id": "session",
        "position": "number",
        "item_id": 32,
        "task": "text",
        "owner": 300,
        "deadline": "date?",
        "done_at": "time?",
        "done_note": "text",
        "by": 120,
        "search": "text",
    },
    "document": {
        "id": "key",
        "session_id": "session",
        "position": "number",
        "item_id": 32,
        "name": 200,
        "media_type": 100,
        "bytes": "number",
        "sha256": 64,
        "pages": "number?",
        "form": 16,
        "from_whom": 200,
        "endpoint_id": 32,
        "received_by": 120,
        "at": "time",
        "visibility": 16,
        "endpoints": "json?",
        "removed_at": "time?",
        "removed_by": 120,
        "removed_reason": 1000,
        "search": "text",
    },
}


def upgrade() -> None:
    for table, columns in _TABLES.items():
        op.create_table(table, *(_column(name, form) for name, form in columns.items()))
    op.create_index("ix_conclusion_deadline", "conclusion", ["deadline"])


def _column(name: str, form: int | str) -> sa.Column[Any]:
    if isinstance(form, int):
        return sa.Column(name, sa.String(form), nullable=False)
    if form.startswith("session"):
        key = form.endswith("key")
        return sa.Column(
            name, sa.String(32), sa.ForeignKey("session.id"), nullable=False, primary_key=key, index=not key
        )
    if form == "key":
        return sa.Column(name, sa.String(32), primary_key=True)
    types: Mapping[str, sa.types.TypeEngine[Any]] = {
        "number": sa.Integer(),
        "text": sa.Text(),
        "json": sa.JSON(),
        "time": sa.DateTime(timezone=True),
        "date": sa.Date(),
    }
    return sa.Column(name, types[form.removesuffix("?")], nullable=form.endswith("?"))


def downgrade() -> None:
    for table in reversed(list(_TABLES)):
        op.drop_table(table)
