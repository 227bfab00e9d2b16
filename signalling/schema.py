"""`python -m signalling.schema`: the JSON Schema of the WebSocket messages, from which TypeScript types are made."""

import json
import sys
from typing import Any

from pydantic.json_schema import models_json_schema

from signalling import messages as m
from signalling.message_base import Message


def message_schema() -> dict[str, Any]:
    """One document with every message under $defs, and ClientMessage and ServerMessage as unions."""
    models = [
        value
        for value in vars(m).values()
        if isinstance(value, type) and issubclass(value, Message) and value is not Message
    ]
    _, schema = models_json_schema([(model, "serialization") for model in models], title="DiemCauMessages")
    client = m.client_message.json_schema(ref_template="#/$defs/{model}")
    server = m.server_message.json_schema(ref_template="#/$defs/{model}")
    schema["$defs"]["ClientMessage"] = {"oneOf": client["oneOf"]}
    schema["$defs"]["ServerMessage"] = {"oneOf": server["oneOf"]}
    return schema


if __name__ == "__main__":
    json.dump(message_schema(), sys.stdout, ensure_ascii=False, indent=2, sort_keys=True)
    sys.stdout.write("\n")
