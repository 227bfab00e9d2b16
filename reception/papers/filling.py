"""What DOCX and XLSX templates share: how their fields are read, and what is wrong with one, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

from config.words import Words

_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_NAMED = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'|no filter named '([^']+)'", re.IGNORECASE)


def environment(*, escape: bool = True) -> SandboxedEnvironment:
    """Where templates are run: a field that does not exist is a fault, and nothing but the fields can be reached.

    escape: as XML has it.
    """
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=escape)


def clean(value: Any) -> Any:
    """The facts without characters that no office file may hold."""
    if isinstance(value, str):
        return _NO_XML.sub("", value.replace("\r\n", "\n"))
    if isinstance(value, Mapping):
        return {key: clean(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [clean(each) for each in value]
    return value


def field_names(value: Any) -> set[str]:
    """Every name that a template may use."""
    if isinstance(value, Mapping):
        return set(map(str, value)) | {name for each in value.values() for name in field_names(each)}
    if isinstance(value, list | tuple):
        return {name for each in value for name in field_names(each)}
    return set()


def template_line(error: BaseException) -> int:
    """The line of the template that an error is about; 0 if that is not known."""
    if isinstance(error, TemplateSyntaxError):
        return error.lineno
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename in ("<template>", "<unknown>"):
            line = step.tb_lineno
        step = step.tb_next
    return line


def explained(error: BaseException, known: Iterable[str]) -> Words:
    """An error in plain words. known: names of fields, for what was meant."""
    said = str(error)
    named = _NAMED.search(said)
    if named:
        name = next(each for each in named.groups() if each)
        near = get_close_matches(name, sorted(known), n=1)
        hint_vi = f"; ý bạn là “{near[0]}”?" if near else ""
        hint_en = f"; did you mean “{near[0]}”?" if near else ""
        return Words(f"không có trường “{name}”{hint_vi}", f"there is no field “{name}”{hint_en}")
    if isinstance(error, TemplateSyntaxError):
        if "end of template" in said.lower() or "unexpected end" in said.lower():
            return Words("thiếu thẻ đóng (endfor hoặc endif)", f"a closing tag is missing (endfor or endif): {said}")
        return Words(f"thẻ viết sai: {said}", f"a tag is wrong: {said}")
    return Words(f"không điền được: {said}", f"it cannot be filled: {said}")
