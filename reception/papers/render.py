"""`python -m reception.papers.render`: makes one file of a template and facts, in a process of its own.

In: one JSON object on standard input {template, format, context, tables, output, soffice, limit_s}. Out: one on
standard output, {} or {"fault": …} or {"no_pdf": …}. The media are never held up by it, and what hangs is ended.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from config.words import Words
from reception.papers.faults import BrokenTemplate, NoPdf

NICENESS = 10
NO_OFFICE = Words(
    "Máy chủ chưa cài LibreOffice nên không tạo được PDF. Tải DOCX rồi in hoặc lưu thành PDF từ Word, hoặc cài "
    "LibreOffice (Debian, Ubuntu: apt install libreoffice-writer-nogui) trên máy chủ.",
    "LibreOffice is not installed on the server, so there is no PDF. Take the DOCX and save it as PDF from Word, or "
    "install LibreOffice (Debian, Ubuntu: apt install libreoffice-writer-nogui) on the server.",
)


def office_program(configured: str = "") -> str:
    """LibreOffice's program: the one configured, else the first on the path; "" if there is none."""
    if configured:
        return configured if shutil.which(configured) else ""
    return next((found for name in ("soffice", "libreoffice") if (found := shutil.which(name))), "")


def make(request: dict[str, Any]) -> None:
    """Write the file. Raises BrokenTemplate, NoPdf, OSError."""
    template, output = Path(request["template"]), Path(request["output"])
    if request["format"] == "xlsx":
        from reception.papers.xlsx_file import fill_xlsx

        fill_xlsx(template, request["context"], request["tables"], output)
        return
    from reception.papers.docx_file import fill_docx

    if request["format"] == "docx":
        fill_docx(template, request["context"], output)
        return
    with tempfile.TemporaryDirectory(prefix="diemcau-paper-") as folder:
        document = Path(folder) / "paper.docx"
        fill_docx(template, request["context"], document)
        to_pdf(document, output, program=request["soffice"], limit_s=float(request["limit_s"]))


def to_pdf(document: Path, output: Path, *, program: str, limit_s: float) -> None:
    """A DOCX or XLSX as PDF, by LibreOffice without a window, with a profile of its own. Raises NoPdf."""
    if not program:
        raise NoPdf(NO_OFFICE)
    folder = document.parent
    profile = folder / "profile"
    command = [
        *(program, f"-env:UserInstallation={profile.resolve().as_uri()}", "--headless", "--norestore", "--nolockcheck"),
        *("--convert-to", "pdf", "--outdir", str(folder), str(document)),
    ]
    environment = {**os.environ, "HOME": str(folder)}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, env=environment
    )
    try:
        said, _ = process.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise NoPdf(
            Words(
                f"LibreOffice không xong trong {limit_s:g} giây nên đã bị dừng. Thử lại, hoặc tải DOCX.",
                f"LibreOffice did not end within {limit_s:g} s and was stopped. Try again, or take the DOCX.",
            )
        ) from None
    made = document.with_suffix(".pdf")
    if process.returncode != 0 or not made.exists():
        told = said.decode(errors="replace").strip()[-300:]
        raise NoPdf(
            Words(
                f"LibreOffice không tạo được PDF ({told}). Tải DOCX, hoặc kiểm tra lại LibreOffice trên máy chủ.",
                f"LibreOffice made no PDF ({told}). Take the DOCX, or look after LibreOffice on the server.",
            )
        )
    shutil.move(made, output)


def main() -> int:
    """Entry."""
    os.nice(NICENESS)
    request = json.load(sys.stdin)
    answer: dict[str, Any] = {}
    try:
        make(request)
    except BrokenTemplate as error:
        answer = {"fault": asdict(error.fault)}
    except NoPdf as error:
        answer = {"no_pdf": list(error.reason)}
    json.dump(answer, sys.stdout, ensure_ascii=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
