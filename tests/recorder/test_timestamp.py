"""RFC 3161 against `openssl ts` behind HTTP."""

from __future__ import annotations

import base64
import http.server
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.models import RecordingSettings
from recorder.completion import complete
from recorder.keys import load_or_make_key, rotate_key
from recorder.timestamp import NotStamped, stamp
from recorder.verify import main, newest_token, verify
from tests.recorder.made import Part, writable

OPENSSL_CONFIG = """
[tsa]
default_tsa = authority
[authority]
dir = {directory}
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
certs = $dir/tsa.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(directory: Path, *arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], cwd=directory, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and certificates of a time stamping authority."""
    directory = tmp_path_factory.mktemp("tsa")
    (directory / "openssl.cnf").write_text(OPENSSL_CONFIG.format(directory=directory))
    (directory / "serial").write_text("01\n")
    request = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj")
    usage = ("-addext", "extendedKeyUsage=critical,timeStamping")
    openssl(directory, *request, "/CN=Time", "-keyout", "tsa.key", "-out", "tsa.pem", *usage)
    return directory


class Responder(http.server.BaseHTTPRequestHandler):
    """RFC 3161 §3.4. `answers`: what to do with each request, by path."""

    directory: Path

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Content-Type"] == "application/timestamp-query"
        (self.directory / "query.tsq").write_bytes(query)
        arguments = ("ts", "-reply", "-config", "openssl.cnf", "-queryfile", "query.tsq", "-out", "reply.tsr")
        openssl(self.directory, *arguments)
        reply = (self.directory / "reply.tsr").read_bytes()
        if self.path == "/old":
            reply = (self.directory / "old.tsr").read_bytes()
        elif self.path == "/nonsense":
            reply = b"<html>"
        (self.directory / "old.tsr").write_bytes(reply)
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def url(authority: Path) -> Iterator[str]:
    handler = type("OfThisTest", (Responder,), {"directory": authority})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def settings(url: str) -> RecordingSettings:
    return RecordingSettings(timestamp_url=url, timestamp_timeout_s=5)


def recorded(data: Path) -> Path:
    part = Part(data)
    part.run(1)
    part.end()
    return part.directory


def test_the_seal_is_stamped_and_openssl_verifies_the_stamp(tmp_path: Path, authority: Path, url: str) -> None:
    directory = recorded(tmp_path)
    complete(directory, load_or_make_key(tmp_path), settings(url), reason="ended")
    report = verify(directory)
    assert report.verdict == "whole"
    assert len(report.timestamps) == 1
    assert main([str(directory), "--token", str(tmp_path / "seal.tsr")]) == 0
    checked = openssl(
        authority, "ts", "-verify", "-digest", report.seal, "-in", str(tmp_path / "seal.tsr"), "-CAfile", "tsa.pem"
    )
    assert b"Verification: OK" in checked
    stated = openssl(authority, "ts", "-reply", "-in", str(tmp_path / "seal.tsr"), "-text").decode()
    year = report.timestamps[0][:4]
    assert any("Time stamp:" in line and year in line for line in stated.splitlines())


def test_an_authority_that_is_away_leaves_the_seal_and_is_asked_again_even_after_a_rotation(
    tmp_path: Path, url: str
) -> None:
    directory = recorded(tmp_path)
    complete(directory, load_or_make_key(tmp_path), settings("http://127.0.0.1:9/"), reason="ended")
    assert verify(directory).verdict == "whole"
    assert verify(directory).timestamps == []
    complete(directory, rotate_key(tmp_path), settings(url), reason="again")
    report = verify(directory)
    assert (report.verdict, len(report.timestamps)) == ("whole", 1)
    before = (directory / "manifest.jsonl").read_bytes()
    complete(directory, load_or_make_key(tmp_path), settings(url), reason="again")
    assert (directory / "manifest.jsonl").read_bytes() == before


def test_a_stamp_of_another_seal_is_no_stamp_of_this(tmp_path: Path, url: str) -> None:
    stamp(url, b"something else", timeout_s=5)
    with pytest.raises(NotStamped, match="something else than was asked for"):
        stamp(f"{url}/old", b"this", timeout_s=5)
    with pytest.raises(NotStamped, match="no time stamp"):
        stamp(f"{url}/nonsense", b"this", timeout_s=5)


def test_a_spoiled_token_breaks_the_chain(tmp_path: Path, url: str) -> None:
    directory = writable(recorded(tmp_path))
    complete(directory, load_or_make_key(tmp_path), settings(url), reason="ended")
    token = base64.b64encode(newest_token(directory))
    path = directory / "manifest.jsonl"
    path.chmod(0o644)
    data = path.read_bytes()
    at = data.index(token) + len(token) // 2
    path.write_bytes(data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :])
    (fault,) = verify(directory).faults
    assert (fault.kind, fault.file) == ("altered", "manifest.jsonl")
    assert json.loads(data.splitlines()[-1])["type"] == "timestamp"
