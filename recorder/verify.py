"""Is a recording what was recorded? Needs the directory and nothing else.

Checks the chain of the manifest and its signatures, each second of the journal, every sealed file, and that nothing was
added (docs/recording-format.md). A recording without a seal (a crash, or still live) is a state of its own, no fault.
With chain.py, findings.py, framing.py and the other verify_*.py it travels as one file with what is handed
out.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from recorder.chain import KEYED, BrokenChain, Chain, hands_over, read_chain
from recorder.findings import Fault, VerifyReport, iso
from recorder.verify_copies import check_copies
from recorder.verify_extract import STATEMENT, ExtractCheck, read_reduced_chain
from recorder.verify_files import FilesCheck
from recorder.verify_session import check_session

SHA256_IMPRINT = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 3161 §2.4.1: MessageImprint of SHA-256
MIN_HEAD_DIGITS = 16
EXIT_CODES = {"whole": 0, "faulty": 1, "not_sealed": 3}
VERDICTS = {
    "whole": "NGUYÊN VẸN / WHOLE",
    "not_sealed": "CHƯA NIÊM PHONG / NOT SEALED (no fault found)",
    "faulty": "KHÔNG NGUYÊN VẸN / FAULTY",
}


def verify(directory: Path, *, key: str = "", head: str = "") -> VerifyReport:
    """The report. `key`: the public key (hex) known from elsewhere; `head`: a hash that was noted, or its beginning.
    Raises OSError; ValueError for a `head` too short to prove anything."""
    if 0 < len(head) < MIN_HEAD_DIGITS:
        raise ValueError(f"a noted hash needs at least {MIN_HEAD_DIGITS} digits")
    report = VerifyReport(directory=str(directory))
    manifest = directory / "manifest.jsonl"
    if not manifest.exists():
        report.faults.append(Fault(kind="missing", file="manifest.jsonl", detail="there is no manifest"))
        return report
    try:
        is_extract = (directory / STATEMENT).exists()
        chain = (read_reduced_chain if is_extract else read_chain)(manifest.read_bytes())
    except BrokenChain as broken:
        report.faults.append(_chain_fault(broken))
        return report
    _check_manifest(chain, report, key, head)
    (ExtractCheck if is_extract else FilesCheck)(directory, chain, report).check()
    check_copies(directory, report)
    check_session(directory, report)
    return report


def _check_manifest(chain: Chain, report: VerifyReport, key: str, head: str) -> None:
    if chain.seal is not None:
        report.sealed, report.seal = True, chain.seal["hash"]
        if chain.torn:
            report.faults.append(Fault(kind="added", file="manifest.jsonl", detail="bytes follow the last line"))
    if head and not any(line["hash"].startswith(head) for line in chain.lines):
        detail = "the noted hash is not in the chain: these lines were written anew, or the end is missing"
        report.faults.append(Fault(kind="chain", file="manifest.jsonl", detail=detail))
    starts = [line for line in chain.lines if line["type"] in KEYED]
    report.key = ", ".join(dict.fromkeys(line["key"] for line in starts))
    trusted = {key or (starts[0]["key"] if starts else "")}
    for line in starts:
        for statement in line.get("keys", []):
            if statement["previous"] in trusted and hands_over(statement):
                trusted.add(statement["key"])
        if line["key"] not in trusted:
            detail = f"signed by a key that is not the known one: {line['key']}"
            report.faults.append(Fault(kind="key", file="manifest.jsonl", at=iso(_ms_of(line)), detail=detail))
            return
    for line in chain.lines:
        if line["type"] == "timestamp":
            _check_timestamp(line, report)


def _check_timestamp(line: dict[str, Any], report: VerifyReport) -> None:
    token = base64.b64decode(line["token"])
    imprint = token.find(SHA256_IMPRINT + bytes.fromhex(report.seal))
    stated = re.search(rb"\x18.(\d{14})(\.\d+)?Z", token[imprint:], re.DOTALL) if imprint >= 0 else None
    if line["seal"] != report.seal or stated is None:
        report.faults.append(Fault(kind="chain", file="manifest.jsonl", detail="the time stamp is of another seal"))
        return
    report.timestamps.append(datetime.strptime(stated[1].decode() + "+0000", "%Y%m%d%H%M%S%z").isoformat())


def _chain_fault(broken: BrokenChain) -> Fault:
    at = iso(_ms_of(broken.lines[-1])) if broken.lines else ""
    return Fault(
        kind=broken.kind,
        file="manifest.jsonl",
        first_byte=broken.first_byte,
        last_byte=broken.last_byte,
        at=at,
        detail=str(broken),
    )


def _ms_of(line: dict[str, Any]) -> int:
    """When a line was written, Unix ms."""
    return int(line.get("to_ms") or line.get("at_ms") or line.get("wall_ms") or 0)


def known_key(text: str) -> str:
    """A public key as hex, from hex or from a PEM file. Raises ValueError, OSError."""
    if re.fullmatch(r"[0-9a-f]{64}", text):
        return text
    key = load_pem_public_key(Path(text).read_bytes())
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def show(report: VerifyReport) -> str:
    """The report as text."""
    lines = [
        f"{VERDICTS[report.verdict]}: {report.directory}",
        f"{report.seconds} seconds, {report.files} files, key {report.key or '-'}",
        f"seal {report.seal or '-'}",
        *([f"{report.copies} decrypted copies are what the sealed tracks hold"] if report.copies else []),
        *(f"time stamp {each}" for each in report.timestamps),
        *_origin(report),
        *(f"  {fault}" for fault in report.faults),
    ]
    return "\n".join(lines)


def _origin(report: VerifyReport) -> list[str]:
    if report.extract is None:
        return []
    origin = report.extract
    return [f"bản trích của / extract of recording {origin['recording']}: {origin['from']} .. {origin['to']}"]


def main(arguments: list[str] | None = None) -> int:
    """The command line of the exported file. 0 whole, 1 faulty, 2 not readable, 3 not sealed but without fault."""
    parser = argparse.ArgumentParser(description="Kiểm tra bản ghi / Verify a recording.")
    parser.add_argument("directory", type=Path, nargs="?", default=Path(sys.argv[0]).resolve().parent)
    parser.add_argument("--key", default="", help="public key known from elsewhere: hex or PEM file")
    parser.add_argument("--head", default="", help="a hash that was noted, or its first 16 digits or more")
    parser.add_argument("--token", type=Path, help="write the time stamp (RFC 3161) to this file")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    try:
        key = known_key(chosen.key) if chosen.key else ""
        report = verify(chosen.directory, key=key, head=chosen.head.replace(" ", ""))
        if chosen.token and report.timestamps:
            chosen.token.write_bytes(newest_token(chosen.directory))
    except (OSError, ValueError) as error:
        print(f"{chosen.directory}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report.to_json(), ensure_ascii=False, indent=2) if chosen.json else show(report))
    return EXIT_CODES[report.verdict]


def newest_token(directory: Path) -> bytes:
    """The last time stamp in the manifest. Raises OSError, BrokenChain, IndexError."""
    lines = read_chain((directory / "manifest.jsonl").read_bytes()).lines
    return [base64.b64decode(line["token"]) for line in lines if line["type"] == "timestamp"][-1]


if __name__ == "__main__":
    sys.exit(main())
