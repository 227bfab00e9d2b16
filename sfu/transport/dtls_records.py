"""What a DTLS datagram looks like from outside (RFC 6347 §4.1, §4.2.2), so that noise and forgeries end no handshake.

OpenSSL takes malformed records of epoch 0 for the peer's own and gives the handshake up; nothing authenticates them.
"""

CHANGE_CIPHER_SPEC, HANDSHAKE, LAST_PLAINTEXT_TYPE = 20, 22, 25
RECORD_HEADER_BYTES, FRAGMENT_HEADER_BYTES = 13, 12
MAX_DATAGRAM_BYTES = 1500  # aiortc's buffer
MAX_MESSAGE_BYTES = 32_768  # a client's certificate chain; browsers' certificates have under 1,000
DTLS_MAJOR = 254


def is_plausible_untrusted(data: bytes) -> bool:
    """Whether the datagram is whole records, those of epoch 0 being handshake messages that fit.

    Alerts of epoch 0 are not plausible (RFC 6347 §4.1.2.7): a peer that really gives up is found out by the time-out.
    """
    if not RECORD_HEADER_BYTES <= len(data) <= MAX_DATAGRAM_BYTES:
        return False
    position = 0
    while position < len(data):
        if data[position] > LAST_PLAINTEXT_TYPE:
            return True  # DTLS 1.3 ciphertext (RFC 9147 §4): authenticated
        body = position + RECORD_HEADER_BYTES
        if body > len(data) or data[position + 1] != DTLS_MAJOR:
            return False
        end = body + (data[body - 2] << 8 | data[body - 1])
        plaintext = not data[position + 3] and not data[position + 4]
        if end > len(data) or (plaintext and not _is_plausible_plaintext(data[position], data[body:end])):
            return False
        position = end
    return True


def _is_plausible_plaintext(content_type: int, body: bytes) -> bool:
    if content_type == CHANGE_CIPHER_SPEC:
        return len(body) == 1
    return content_type == HANDSHAKE and bool(body) and _has_whole_fragments(body)


def _has_whole_fragments(body: bytes) -> bool:
    position = 0
    while position < len(body):
        start = position + FRAGMENT_HEADER_BYTES
        if start > len(body):
            return False
        message_size = int.from_bytes(body[position + 1 : position + 4], "big")
        offset = int.from_bytes(body[position + 6 : position + 9], "big")
        size = int.from_bytes(body[position + 9 : start], "big")
        if offset + size > message_size or message_size > MAX_MESSAGE_BYTES:
            return False
        position = start + size
    return position == len(body)
