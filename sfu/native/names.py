"""Socket addresses as the kernel writes them and as the socket module does."""

from __future__ import annotations

import socket
import struct

from sfu.transport.ice import Address


def socket_address(family: int, address: Address) -> bytes:
    """struct sockaddr_in or sockaddr_in6 of an address as the socket module names it."""
    head = struct.pack("=H", family) + struct.pack("!H", address[1])
    if family == socket.AF_INET:
        return head + socket.inet_pton(family, str(address[0])) + bytes(8)
    host = str(address[0]).partition("%")[0]
    flow = int(address[2]) if len(address) > 2 else 0
    scope = int(address[3]) if len(address) > 3 else 0
    return head + struct.pack("!I", flow) + socket.inet_pton(family, host) + struct.pack("=I", scope)


def read_socket_address(family: int, name: bytes) -> Address:
    """The reverse."""
    port = int.from_bytes(name[2:4], "big")
    if family == socket.AF_INET:
        return socket.inet_ntop(family, name[4:8]), port
    (scope,) = struct.unpack_from("=I", name, 24)
    host = socket.inet_ntop(family, name[8:24])
    flow = int.from_bytes(name[4:8], "big")
    return (f"{host}%{socket.if_indextoname(scope)}" if scope else host), port, flow, scope
