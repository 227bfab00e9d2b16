"""Room 1 by recvmmsg: a batch of datagrams in one call, with the kernel's arrival times."""

from __future__ import annotations

import socket
import struct
import time
from typing import Any

import cffi

from sfu.transport.ice import Address
from sfu.transport.links import Received
from sfu.transport.stamps import TIMESPEC, arrival_s

NAME_SIZE, CONTROL_SIZE = 28, 64  # struct sockaddr_in6; one timespec with its header and room to spare
MAX_NAMES = 4096  # remembered sockaddrs; a flood of made-up sources must not fill the memory
_MSG_DONTWAIT = 0x40
_STAMP_OFFSET = socket.CMSG_LEN(0)
_CALLS = """
struct iovec { void *iov_base; size_t iov_len; };
struct msghdr {
    void *msg_name; unsigned int msg_namelen;
    struct iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen;
    int msg_flags;
};
struct mmsghdr { struct msghdr msg_hdr; unsigned int msg_len; };
int recvmmsg(int socket, struct mmsghdr *messages, unsigned int count, int flags, void *timeout);
"""


class BatchReceiver:
    """Reads into `slots`, each its own buffer. Linux only; raises OSError where the C library has no recvmmsg."""

    def __init__(self, sock: socket.socket, slots: list[Received]) -> None:
        ffi = cffi.FFI()
        ffi.cdef(_CALLS)
        self._receive: Any = ffi.dlopen(None).recvmmsg
        self._descriptor = sock.fileno()
        self._slots = slots
        self._family = sock.family
        count = self._count = len(slots)
        self._names = bytearray(NAME_SIZE * count)
        self._control = bytearray(CONTROL_SIZE * count)
        self._messages = ffi.new("struct mmsghdr[]", count)
        self._vectors = ffi.new("struct iovec[]", count)
        self._kept = [ffi.from_buffer(self._names), ffi.from_buffer(self._control)]
        for index, slot in enumerate(slots):
            buffer = ffi.from_buffer(slot.buffer.data)
            self._kept.append(buffer)
            self._vectors[index].iov_base, self._vectors[index].iov_len = buffer, len(slot.buffer.data)
            head = self._messages[index].msg_hdr
            head.msg_name = self._kept[0] + NAME_SIZE * index
            head.msg_iov, head.msg_iovlen = self._vectors + index, 1
            head.msg_control = self._kept[1] + CONTROL_SIZE * index
        self._stride = ffi.sizeof("struct mmsghdr") // 4
        words = memoryview(ffi.buffer(self._messages)).cast("I")
        self._words = words
        self._length_at = ffi.offsetof("struct mmsghdr", "msg_len") // 4
        self._name_at = ffi.offsetof("struct msghdr", "msg_namelen") // 4
        self._control_at = ffi.offsetof("struct msghdr", "msg_controllen") // 4
        self._known: dict[bytes, Address] = {}
        self._used = count
        self._no_timeout = ffi.NULL

    def read(self) -> int:
        """How many slots were filled (size, address, arrival_s). 0: nothing there, or an earlier send's ICMP error."""
        words, stride = self._words, self._stride
        for base in range(0, self._used * stride, stride):
            words[base + self._name_at], words[base + self._control_at] = NAME_SIZE, CONTROL_SIZE
        received = int(self._receive(self._descriptor, self._messages, self._count, _MSG_DONTWAIT, self._no_timeout))
        self._used = max(received, 0)
        if received <= 0:
            return 0
        now = time.monotonic()
        offset = now - time.time()
        names, control, known = self._names, self._control, self._known
        for index in range(received):
            base = index * stride
            slot = self._slots[index]
            slot.size = words[base + self._length_at]
            at = NAME_SIZE * index
            name = bytes(names[at : at + words[base + self._name_at]])
            slot.address = known.get(name) or self._remember(name)
            slot.arrival_s = now
            if words[base + self._control_at] >= _STAMP_OFFSET + TIMESPEC.size:
                slot.arrival_s = arrival_s(control, CONTROL_SIZE * index + _STAMP_OFFSET, now=now, offset_s=offset)
        return received

    def _remember(self, name: bytes) -> Address:
        if len(self._known) >= MAX_NAMES:
            self._known.clear()
        address = self._known[name] = read_socket_address(self._family, name)
        return address


def read_socket_address(family: int, name: bytes) -> Address:
    """A struct sockaddr_in or sockaddr_in6 as the socket module names it."""
    port = int.from_bytes(name[2:4], "big")
    if family == socket.AF_INET:
        return socket.inet_ntop(family, name[4:8]), port
    (scope,) = struct.unpack_from("=I", name, 24)
    host = socket.inet_ntop(family, name[8:24])
    flow = int.from_bytes(name[4:8], "big")
    return (f"{host}%{socket.if_indextoname(scope)}" if scope else host), port, flow, scope
