"""Every page of the browser app, as it is opened to be measured or looked at (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

APP = Path(__file__).parents[2] / "web" / "src" / "routes.ts"
_PATTERN = re.compile(r'\bpage\(\s*"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page. pattern: its route. whose: the role of the token it is opened with, or the kind of link that opens it.

    ready: the CSS selector of what is there once its content is drawn: of the list itself, not of what stands above it.
    sample: which of the samples its :id is.
    """

    pattern: str
    whose: str
    ready: str
    sample: str = ""

    def path(self, samples: Mapping[str, str]) -> str:
        """Its address, with a sample in place of each parameter."""
        found = self.pattern.replace(":id", samples[self.sample]) if self.sample else self.pattern
        return re.sub(r":(\w+)", lambda match: samples[match.group(1)], found)

    def url(self, base: str, samples: Mapping[str, str], tokens: Mapping[str, str]) -> str:
        """The address to open it with, token and all; a page that is for nobody yet has none."""
        token = tokens.get(self.whose, "")
        by_link = self.whose in LINKS
        return f"{base}{self.path(samples)}" + (f"#{'' if by_link else 'token='}{quote(token)}" if token else "")


LINKS = ("endpoint", "tv", "survey", "setup")  # their pages take the bare token behind #

PAGES = (
    Page(pattern="/", whose="operator", ready='[data-testid^="session-"]'),
    Page(pattern="/sessions/new", whose="operator", ready='[data-testid="title"]'),
    Page(pattern="/sessions/:id/edit", whose="operator", sample="draft", ready='[data-testid="title"]'),
    Page(pattern="/sessions/:id/prepare", whose="operator", sample="draft", ready='[data-testid="next-step-card"]'),
    Page(pattern="/sessions/:id", whose="operator", sample="live", ready='[data-testid="queue"]'),
    Page(pattern="/sessions/:id/preflight", whose="operator", sample="live", ready='[data-testid="gate"]'),
    Page(pattern="/sessions/:id/preflight/print", whose="operator", sample="live", ready=".record-sheet"),
    Page(
        pattern="/sessions/:id/incidents/:incident/violation",
        whose="operator",
        sample="live",
        ready='[data-testid="violation-sheet"]',
    ),
    Page(pattern="/sessions/:id/secretary", whose="secretary", sample="live", ready=".secretary h1"),
    Page(pattern="/sessions/:id/receipt/:document", whose="secretary", sample="live", ready=".receipt"),
    Page(
        pattern="/sessions/:id/endpoints/:eid/invitation",
        whose="operator",
        sample="draft",
        ready=".record, .mantine-Alert-root",
    ),
    Page(pattern="/sessions/:id/archive", whose="secretary", sample="past", ready='[data-testid^="step-"]'),
    Page(pattern="/sessions/:id/papers", whose="secretary", sample="past", ready='[data-testid^="paper-"]'),
    Page(pattern="/paper-templates", whose="operator", ready='[data-testid^="template-"]'),
    Page(pattern="/reports", whose="chair", ready='[data-testid="figures"], [data-testid="no-figures"]'),
    Page(
        pattern="/exports",
        whose="secretary",
        ready='[data-testid="no-requests"], [data-testid^="request-"]',
    ),
    Page(pattern="/search", whose="secretary", ready='[data-testid="found"]'),
    Page(pattern="/destructions/:id", whose="chair", sample="past", ready=".record, .mantine-Alert-root"),
    Page(pattern="/invitation", whose="endpoint", ready='[data-testid="letter"]'),
    Page(pattern="/lich-tiep-cong-dan", whose="", ready='[data-testid="announced"], main .mantine-Card-root'),
    Page(pattern="/registry", whose="operator", ready='[data-testid^="room-"]'),
    Page(pattern="/readiness", whose="operator", ready='[data-testid^="ready-"]'),
    Page(pattern="/readiness/print", whose="operator", ready=".record-sheet"),
    Page(pattern="/simulate", whose="operator", ready='[data-testid="simulate-run"]'),
    Page(pattern="/storage", whose="operator", ready='[data-testid="disk-recordings"]'),
    Page(pattern="/recordings", whose="chair", ready='[data-testid="recording"]'),
    Page(pattern="/recordings/:id", whose="chair", sample="recording", ready='[data-testid="purpose"], [role="alert"]'),
    Page(pattern="/rules", whose="admin", ready='[data-testid^="rules-"]'),
    Page(pattern="/users", whose="admin", ready='[data-testid^="user-"]'),
    Page(pattern="/audit", whose="auditor", ready="tbody tr"),
    Page(pattern="/account", whose="account", ready="main form"),
    Page(pattern="/join", whose="endpoint", ready='[data-testid="join-button"]:not([disabled])'),
    Page(pattern="/tv", whose="tv", ready=".tv"),
    Page(pattern="/help", whose="", ready='[data-testid="help-chapter"]'),
    Page(pattern="/help/:chapter", whose="", ready='[data-testid="help-chapter"]'),
    Page(pattern="/setup", whose="setup", ready='input[type="password"]'),
    Page(pattern="/survey", whose="survey", ready='[data-testid="run-check"]'),
)


def routes_of_app(text: str) -> list[str]:
    """The routes that web/src/routes.ts declares."""
    return _PATTERN.findall(text)
