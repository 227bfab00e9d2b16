"""Links and pictures of every document lead somewhere, in the files as they lie here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from reception.search_text import search_text

ROOT = Path(__file__).parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
).stdout.split()
DOCUMENTS = sorted(name for name in LISTED if (ROOT / name).exists())


def targets(text: str) -> list[str]:
    """Every address that the document names as link or picture."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    children = [each for token in tokens for each in token.children or []]
    linked = [each for each in children if each.type in ("link_open", "image")]
    return [str(each.attrGet("href") or each.attrGet("src")) for each in linked]


def headings(text: str) -> set[str]:
    """Ids of headings: as GitHub makes them, as the help makes them, and those that are given."""
    found = set(re.findall(r"<!--\s*#([a-z0-9-]+)\s*-->", text)) | set(re.findall(r'id="([^"]+)"', text))
    for line in re.findall(r"^#+ +(.+)$", text, re.MULTILINE):
        plain = re.sub(r"[*`]|\[([^\]]*)\]\([^)]*\)", r"\1", line)
        found.add(re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-"))
        found.add("-".join(re.findall(r"[a-z0-9]+", search_text([plain]))))
    return found


def test_there_are_documents() -> None:
    assert {"README.md", "README.vi.md", "CHANGELOG.md", "docs/huong-dan/tong-quan.md"} <= set(DOCUMENTS)


def leads(document: Path, target: str) -> bool:
    """Whether the file is there, and the heading in it."""
    path, _, anchor = target.partition("#")
    file = (document.parent / path).resolve() if path else document
    named = anchor and file.suffix == ".md"
    return file.exists() and (not named or anchor in headings(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_and_picture_is_there(name: str) -> None:
    document = ROOT / name
    text = document.read_text(encoding="utf-8")
    own = [target for target in targets(text) if not re.match(r"[a-z]+:", target)]  # the network is not asked
    missing = [target for target in own if not leads(document, target)]
    assert not missing, f"{name} leads nowhere: {missing}"
