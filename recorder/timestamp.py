"""RFC 3161: an authority's word that a seal existed at a time."""

from __future__ import annotations

import base64
import http.client
import urllib.error
import urllib.request

from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

MAX_RESPONSE_BYTES = 1 << 18


class NotStamped(Exception):
    """The authority gave no stamp; the message says why and what to look at."""


def stamp(url: str, preimage: bytes, *, timeout_s: float) -> str:
    """The token (base64 of a TimeStampResp) over SHA-256 of `preimage`. Raises NotStamped."""
    request = TimestampRequestBuilder().data(preimage).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    answer = _post(url, request.as_bytes(), timeout_s)
    try:
        response = decode_timestamp_response(answer)
        granted = response.status in (0, 1)  # RFC 3161 §2.4.2: granted, grantedWithMods
        told = response.tst_info if granted else None
    except ValueError as error:
        raise NotStamped(f"{url} answered what is no time stamp ({error}); check recording.timestamp_url") from None
    if told is None:
        raise NotStamped(f"{url} refused, status {response.status}; ask the authority")
    if told.nonce != request.nonce or told.message_imprint.message != request.message_imprint.message:
        raise NotStamped(f"{url} stamped something else than was asked for; ask the authority")
    return base64.b64encode(answer).decode()


def _post(url: str, body: bytes, timeout_s: float) -> bytes:
    """RFC 3161 §3.4. Raises NotStamped. The address is the operator's setting, http or https by its model."""
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310
            content: bytes = answer.read(MAX_RESPONSE_BYTES)
    except (OSError, urllib.error.URLError, http.client.HTTPException) as error:
        raise NotStamped(f"{url} does not answer: {error}; check recording.timestamp_url and the network") from None
    return content
