"""SRTP in place: libsrtp called on our own buffers (RFC 3711, RFC 7714), and a plain twin through pylibsrtp.

The raw calls need no copy and know no length limit but the buffer's. A Session is kept alive as long as its pointer.
"""

from typing import Any, Protocol

from pylibsrtp import ERRORS, Error, Session
from pylibsrtp._binding import ffi, lib

from sfu.drops import DropReason

_protect, _unprotect = lib.srtp_protect, lib.srtp_unprotect  # looked up once: they are called for every packet
TAG_ROOM = 32  # bytes that protecting may add: 16 of GCM, 10 of HMAC, 4 of the SRTCP index
_BAD_PARAM = 2  # srtp_err_status_bad_param
_REASONS = {  # srtp_err_status_t of libsrtp
    _BAD_PARAM: DropReason.RTP_MALFORMED,  # shorter than a header and a tag
    9: DropReason.SRTP_REPLAY,  # replay_fail: seen before
    10: DropReason.SRTP_REPLAY,  # replay_old: before the window
    21: DropReason.RTP_MALFORMED,  # parse_err: the extension does not fit
    26: DropReason.SRTP_REPLAY,  # pkt_idx_old
}


class Buffer:
    """Bytes that libsrtp may work on: a bytearray that never changes its size, and its address."""

    __slots__ = ("data", "pointer", "view")

    def __init__(self, size_bytes: int) -> None:
        self.data = bytearray(size_bytes)
        self.view = memoryview(self.data)  # also what keeps the bytearray from being resized
        self.pointer: Any = ffi.cast("char *", ffi.from_buffer(self.data))


class SrtpSession(Protocol):
    """Both directions of one peer. Each call returns the new length, or minus an error code of libsrtp."""

    def protect(self, buffer: Buffer, offset: int, size: int) -> int:
        """Encrypt RTP in place; the buffer has TAG_ROOM behind it."""

    def protect_rtcp(self, buffer: Buffer, offset: int, size: int) -> int:
        """Encrypt RTCP in place."""

    def unprotect(self, buffer: Buffer, offset: int, size: int) -> int:
        """Decrypt SRTP in place."""

    def unprotect_rtcp(self, buffer: Buffer, offset: int, size: int) -> int:
        """Decrypt SRTCP in place."""


class InPlaceSrtp:
    """The fast one."""

    __slots__ = ("_length", "_receive", "_receiver", "_send", "_sender")

    def __init__(self, *, sender: Session, receiver: Session) -> None:
        self._sender, self._receiver = sender, receiver
        self._send: Any = sender._srtp[0]
        self._receive: Any = receiver._srtp[0]
        self._length: Any = ffi.new("int *")

    @property
    def sending_context(self) -> int:
        """Address of libsrtp's context for sending; good for as long as this object lives."""
        return int(ffi.cast("uintptr_t", self._send))

    @property
    def receiving_context(self) -> int:
        """The same for receiving."""
        return int(ffi.cast("uintptr_t", self._receive))

    def protect(self, buffer: Buffer, offset: int, size: int) -> int:
        """See SrtpSession."""
        length = self._length
        length[0] = size
        code = _protect(self._send, buffer.pointer + offset, length)
        return -code if code else length[0]  # type: ignore[no-any-return]

    def protect_rtcp(self, buffer: Buffer, offset: int, size: int) -> int:
        """See SrtpSession."""
        length = self._length
        length[0] = size
        code = lib.srtp_protect_rtcp(self._send, buffer.pointer + offset, length)
        return -code if code else length[0]  # type: ignore[no-any-return]

    def unprotect(self, buffer: Buffer, offset: int, size: int) -> int:
        """See SrtpSession."""
        length = self._length
        length[0] = size
        code = _unprotect(self._receive, buffer.pointer + offset if offset else buffer.pointer, length)
        return -code if code else length[0]  # type: ignore[no-any-return]

    def unprotect_rtcp(self, buffer: Buffer, offset: int, size: int) -> int:
        """See SrtpSession."""
        length = self._length
        length[0] = size
        code = lib.srtp_unprotect_rtcp(self._receive, buffer.pointer + offset, length)
        return -code if code else length[0]  # type: ignore[no-any-return]


class PlainSrtp:
    """The twin: pylibsrtp's public calls, with their copies, and their limit of 1,356 bytes."""

    def __init__(self, *, sender: Session, receiver: Session) -> None:
        self._sender, self._receiver = sender, receiver

    def protect(self, buffer: Buffer, offset: int, size: int) -> int:
        """See SrtpSession."""
        return self._call(self._sender.protect, buffer, offset, size)

    def protect_rtcp(self, buffer: Buffer, offset: int, size: int) -> int:
        """See SrtpSession."""
        return self._call(self._sender.protect_rtcp, buffer, offset, size)

    def unprotect(self, buffer: Buffer, offset: int, size: int) -> int:
        """See SrtpSession."""
        return self._call(self._receiver.unprotect, buffer, offset, size)

    def unprotect_rtcp(self, buffer: Buffer, offset: int, size: int) -> int:
        """See SrtpSession."""
        return self._call(self._receiver.unprotect_rtcp, buffer, offset, size)

    @staticmethod
    def _call(function: Any, buffer: Buffer, offset: int, size: int) -> int:
        try:
            result: bytes = function(bytes(buffer.view[offset : offset + size]))
        except Error as error:
            return -ERRORS.index(str(error))
        except ValueError:
            return -_BAD_PARAM
        buffer.view[offset : offset + len(result)] = result
        return len(result)


def drop_reason(code: int) -> DropReason:
    """Why an unprotect failed, by its (negative) result."""
    return _REASONS.get(-code, DropReason.SRTP_AUTH)
