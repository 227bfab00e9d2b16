"""Room 1 in C: a batch is read, undone and served by the library; Python does what it hands back."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sfu.native.names import read_socket_address, socket_address
from sfu.transport.egress import Egress
from sfu.transport.ice import Address
from sfu.transport.links import Counters, Received
from sfu.transport.port import UdpPort
from sfu.transport.route import MAX_DATAGRAM, Router
from sfu.transport.srtp import InPlaceSrtp, SrtpSession, drop_reason

if TYPE_CHECKING:
    from sfu.drops import Drops
    from sfu.native.forwarding import FastPath
    from sfu.transport.transport import Transport


class NativeUdpPort(UdpPort):
    """UdpPort over struct port."""

    def __init__(
        self,
        sock: socket.socket,
        router: Router,
        *,
        priority: int,
        offload: bool,
        after_batch: Callable[[], None],
        fast_path: FastPath,
    ) -> None:
        super().__init__(sock, router, priority=priority, offload=offload, after_batch=after_batch)
        self._fast_path = fast_path
        ffi, lib = fast_path.library.ffi, fast_path.library.lib
        self._ffi, self._lib = ffi, lib
        port = lib.port_new(sock.fileno(), fast_path.waiting)
        if not port:
            raise MemoryError("no memory for a port's buffers")
        self._port: Any = ffi.gc(port, lib.port_free)
        self._event: Any = lib.port_event(port)
        self._slot = Received(MAX_DATAGRAM + 1)
        self._family = sock.family

    def on_readable(self) -> None:
        """Read a batch and serve it; the loop calls again while there is more."""
        lib, port = self._lib, self._port
        kind = lib.port_read(port)
        while kind:
            try:
                self._serve(kind)
            except Exception:  # whatever goes wrong concerns this datagram alone
                self._router.failed(self._address())
            kind = lib.port_next(port)
        self._after_batch()

    def _address(self) -> Address:
        event = self._event
        return read_socket_address(self._family, bytes(event.name[0 : event.name_size]))

    def _serve(self, kind: int) -> None:
        event, lib = self._event, self._lib
        if kind == lib.RAW:
            self._route_raw()
            return
        transport = self._fast_path.transports[event.inbound]
        if kind == lib.REFUSED:
            transport.drops[drop_reason(-event.code)] += 1
        elif kind == lib.FEEDBACK:
            transport.handler.on_feedback(event.feedback, now=event.arrival_s)
        else:
            data = bytes(self._ffi.buffer(event.data, event.size))
            if kind == lib.RTP:
                transport.handler.on_rtp(data, arrival_s=event.arrival_s)
            elif kind == lib.RTCP:
                transport.handler.on_rtcp(data, arrival_s=event.arrival_s)
            else:
                packet = event.packet
                clock = bytes(packet.clock[0:8]) if packet.has_clock else None
                transport.handler.on_passed(
                    event.ssrc,
                    data,
                    packet.sequence,
                    event.deferred,
                    packet.audio_level,
                    clock,
                    arrival_s=event.arrival_s,
                )

    def _route_raw(self) -> None:
        event, slot = self._event, self._slot
        slot.size = event.size
        self._ffi.memmove(slot.buffer.data, event.data, min(event.size, MAX_DATAGRAM + 1))
        slot.address, slot.arrival_s = self._address(), event.arrival_s
        self._router.receive(slot, self._known, self)

    def open_egress(self, address: Address, srtp: SrtpSession, drops: Drops, counters: Counters) -> Egress:
        """See Link."""
        if not isinstance(srtp, InPlaceSrtp):
            return super().open_egress(address, srtp, drops, counters)
        return self._fast_path.egress(self._socket, address, srtp, drops, counters, offload=self._offload)

    def claim(self, address: Address, transport: Transport) -> None:
        """See Link."""
        super().claim(address, transport)
        if transport.inbound is not None:
            name = socket_address(self._family, address)
            self._lib.port_claim(self._port, name, len(name), transport.inbound.pointer)

    def release(self, address: Address, transport: Transport) -> None:
        """See Link."""
        if self._known.get(address) is transport:
            name = socket_address(self._family, address)
            self._lib.port_release(self._port, name, len(name))
        super().release(address, transport)
