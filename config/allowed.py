"""What a key may be, in words, from a model's JSON schema: the range of a number, the choices, the names in a table."""

from collections.abc import Mapping, Sequence
from typing import Any

from config.words import NOTHING, Words, number

Schema = Mapping[str, Any]
TABLE = Words("một bảng [...]", "a table [...]")


def schema_at(root: Schema, path: Sequence[str]) -> Schema | None:
    """The schema of the key at `path`, indices of arrays being digits; None where there is no such key."""
    node = _resolved(root, root)
    for part in path:
        properties = node.get("properties", {})
        if part in properties:
            found = properties[part]
        elif "items" in node and part.isdigit():
            found = node["items"]
        else:
            return None
        node = _resolved(root, found)
    return node


def keys_at(root: Schema, path: Sequence[str]) -> list[str]:
    """The keys of the table at `path`."""
    node = schema_at(root, path)
    return list(node.get("properties", {})) if node else []


def allowed(schema: Schema) -> Words:
    """What a value of this schema may be."""
    own = schema.get("allowed")
    if own:
        return Words(*own)
    kinds = {"integer": _numeric, "number": _numeric, "string": _text, "array": _array}
    if "enum" in schema:
        choices = ", ".join(f'"{each}"' for each in schema["enum"])
        return Words(f"một trong {choices}", f"one of {choices}")
    if schema.get("type") == "boolean":
        return Words("true hoặc false", "true or false")
    if schema.get("type") == "object":
        return TABLE
    describe = kinds.get(schema.get("type", ""))
    return describe(schema) if describe else NOTHING


def _resolved(root: Schema, node: Schema) -> Schema:
    """References followed; what stands beside one is kept."""
    while "$ref" in node:
        target = root["$defs"][node["$ref"].rpartition("/")[2]]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node


def _numeric(schema: Schema) -> Words:
    whole = schema["type"] == "integer"
    kind = Words("số nguyên", "a whole number") if whole else Words("số", "a number")
    unit = Words(*schema.get("unit", ("", "")))
    low, high = schema.get("minimum"), schema.get("maximum")
    above = schema.get("exclusiveMinimum")
    vi, en = kind
    if above is not None:
        vi, en = f"{vi} lớn hơn {number(above)}", f"{en} above {number(above)}"
        if high is not None:
            vi, en = f"{vi}, nhiều nhất {number(high)}", f"{en}, at most {number(high)}"
    elif low is not None and high is not None:
        vi, en = f"{vi} từ {number(low)} đến {number(high)}", f"{en} from {number(low)} to {number(high)}"
    return Words(f"{vi} {unit.vi}".rstrip(), f"{en} {unit.en}".rstrip())


def _text(schema: Schema) -> Words:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is None:
        return Words('chữ trong dấu ""', 'text in ""')
    return Words(f'{least} đến {most} ký tự trong dấu ""', f'{least} to {most} characters in ""')


def _array(schema: Schema) -> Words:
    least, most = schema.get("minItems", 0), schema.get("maxItems")
    if most is None:
        return Words("danh sách [...]", "a list [...]")
    return Words(f"danh sách từ {least} đến {most} phần tử", f"a list of {least} to {most}")
