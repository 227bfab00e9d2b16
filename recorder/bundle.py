"""The verifier as one file, for whoever has a recording and not Điểm Cầu: its modules one behind the other."""

from __future__ import annotations

import re
from pathlib import Path

MODULES = (
    "framing",
    "chain",
    "findings",
    "verify_files",
    "verify_extract",
    "verify_copies",
    "verify_session",
    "verify",
)  # each after those that it imports
_HEADER = '''"""Kiểm tra bản ghi / verify a recording:  python verify.py THƯ_MỤC_BẢN_GHI

Cần Python 3.11 trở lên và thư viện cryptography (pip install cryptography); không cần mạng, không cần Điểm Cầu.
Needs Python 3.11 or newer and the package cryptography; no network, and nothing else of Điểm Cầu.
Exit: 0 whole, 1 faulty, 2 not readable, 3 not sealed but without fault.
"""

from __future__ import annotations
'''
_OWN_IMPORT = re.compile(r"^from recorder\.\w+ import (?:\([^)]*\)|.*)\n", re.MULTILINE)
_FUTURE = re.compile(r"^from __future__ import annotations\n", re.MULTILINE)


def verifier_source() -> str:
    """The text of verify.py: the standard library and `cryptography` are all that it imports."""
    parts = [_HEADER]
    for name in MODULES:
        text = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        parts.append(f"\n# --- {name} ---\n\n" + _FUTURE.sub("", _OWN_IMPORT.sub("", text)).strip() + "\n")
    return "\n".join(parts)
