"""All ports of the media plane: a UDP socket per address, a TCP listener per address, and what is announced of them."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from aiortc import RTCCertificate

from config.models import MediaSettings
from sfu.description import Candidate, Fingerprint, RemoteDescription
from sfu.drops import Drops
from sfu.errors import SfuError
from sfu.transport.addresses import (
    MAX_PORT,
    WILDCARDS,
    AddressError,
    Listening,
    candidates,
    interface_addresses,
    tcp_priority,
    udp_priority,
)
from sfu.transport.credentials import new_credentials
from sfu.transport.native_port import NativeUdpPort
from sfu.transport.port import UdpPort, bind_udp, supports_segmentation
from sfu.transport.route import Router
from sfu.transport.tcp import TcpConnection, TcpConnections
from sfu.transport.transport import Transport, TransportHandler, TransportState

if TYPE_CHECKING:
    from sfu.native.forwarding import FastPath

CLOSE_TIMEOUT_S = 2.0

__all__ = ["PortError", "Ports", "new_credentials"]
log = structlog.get_logger("sfu")


class PortError(SfuError):
    """An address or port that cannot be had; the message says which and what to do."""


class Ports:
    """Sockets, candidates and the transports behind them.

    after_batch: called after each batch of datagrams has been routed, so that room 5 flushes.
    candidates: what an answer announces, known after `start`: UDP first, then TCP passive.
    """

    def __init__(
        self,
        settings: MediaSettings,
        *,
        host: str,
        port: int,
        after_batch: Callable[[], None] = lambda: None,
        fast_path: FastPath | None = None,
    ) -> None:
        self.candidates: list[Candidate] = []
        self.transports: set[Transport] = set()
        self._settings = settings
        self._host = host
        self._port = port
        self._after_batch = after_batch
        self._fast_path = fast_path
        self._router = Router()
        self._udp: list[UdpPort] = []
        self._tcp: list[asyncio.Server] = []
        self._connections = TcpConnections()
        self._certificate = RTCCertificate.generateCertificate()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def drops(self) -> Drops:
        """Datagrams dropped before any transport."""
        return self._router.drops

    @property
    def fingerprints(self) -> list[Fingerprint]:
        """Of our certificate."""
        return [Fingerprint(algorithm=each.algorithm, value=each.value) for each in self._certificate.getFingerprints()]

    @property
    def tcp_port(self) -> int:
        """As set, or the port after UDP's; 0 (any) if that is 0 too."""
        return self._settings.tcp_port or (self._port + 1 if self._port else 0)

    async def start(self) -> None:
        """Bind everything. Raises PortError naming what is taken; nothing stays bound then."""
        try:
            listening = await self._listen()
            self.candidates = candidates(self._settings.announce, listening)
        except AddressError as error:
            await self.close()
            raise PortError(str(error)) from error
        except OSError as error:
            await self.close()
            raise PortError(
                f"cannot listen on {self._host or '0.0.0.0'} UDP {self._port} for media: {error.strerror or error}. "
                "Choose another with --host or --port, or end the program that holds it."
            ) from error
        except BaseException:
            await self.close()
            raise

    async def _listen(self) -> list[Listening]:
        wildcard = self._host in WILDCARDS
        listening: list[Listening] = []
        missing: OSError | None = None
        for address in interface_addresses(self._host) if wildcard else await _resolve(self._host):
            port = listening[0].udp_port if listening else self._port
            try:
                udp = self._listen_udp(address, port, len(listening))
            except OSError as error:
                if not wildcard or error.errno != errno.EADDRNOTAVAIL:
                    raise
                missing = error  # an IPv6 address that is being checked for duplicates, or has just gone
                log.warning("an address of this machine cannot be used for media", address=address, cause=str(error))
                continue
            tcp = await self._listen_tcp(address, len(listening))
            listening.append(Listening(address=str(udp.local[0]), udp_port=int(udp.local[1]), tcp_port=tcp))
        if not listening:
            raise missing or OSError(errno.EADDRNOTAVAIL, "no address to listen on")
        return listening

    def _listen_udp(self, address: str, number: int, index: int) -> UdpPort:
        sock = bind_udp(address, number)
        supported = supports_segmentation(sock)
        if self._settings.gso == "on" and not supported:
            log.warning("media.gso is on, but this system has no UDP_SEGMENT; packets are sent one by one")
        offload = supported and self._settings.gso != "off"
        kind = partial(NativeUdpPort, fast_path=self._fast_path) if self._fast_path is not None else UdpPort
        port = kind(sock, self._router, priority=udp_priority(index), offload=offload, after_batch=self._after_batch)
        self._udp.append(port)
        asyncio.get_running_loop().add_reader(port.fileno(), port.on_readable)
        return port

    async def _listen_tcp(self, address: str, index: int) -> int | None:
        """The port, or None if the one next to UDP's is taken: UDP serves nearly all; a port asked for is an error."""
        number = self.tcp_port
        if number > MAX_PORT:
            return None

        def accept() -> TcpConnection:
            return TcpConnection(
                self._router, self._connections, priority=tcp_priority(index), after_batch=self._after_batch
            )

        try:
            server = await asyncio.get_running_loop().create_server(accept, address, number)
        except OSError as error:
            if self._settings.tcp_port:
                raise PortError(
                    f"cannot listen on {address} TCP {number} for media: {error.strerror or error}. "
                    "Choose another with media.tcp_port, or end the program that holds it."
                ) from error
            log.warning(
                "no media over TCP: who has no UDP cannot join; choose a free port with media.tcp_port",
                address=address,
                port=number,
                cause=error.strerror or str(error),
            )
            return None
        self._tcp.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Close every transport, telling the peers, and every socket. Bounded in time; safe to call again."""
        for transport in list(self.transports):
            transport.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=CLOSE_TIMEOUT_S)
            for task in late:
                task.cancel()
        servers = list(self._tcp)
        for server in servers:
            server.close()
        self._connections.close()
        loop = asyncio.get_running_loop()
        for port in self._udp:
            loop.remove_reader(port.fileno())
            port.close()
        self._udp.clear()
        self._tcp.clear()
        for server in servers:
            await server.wait_closed()

    def create_transport(self, *, remote: RemoteDescription, handler: TransportHandler, label: str) -> Transport:
        """A transport that waits for the remote's checks; `label` names it in logs.

        Raises NegotiationError for a remote without a usable fingerprint.
        """
        transport = Transport(
            remote=remote,
            certificate=self._certificate,
            handler=handler,
            consent_timeout_s=self._settings.consent_timeout_s,
            clock=time.monotonic,
            spawn=self._spawn,
            on_ufrags=self._update_ufrags,
            label=label,
            fast_path=self._fast_path,
        )
        self.transports.add(transport)
        self._update_ufrags(transport)
        return transport

    def on_timer(self, *, now: float) -> None:
        """Time-outs of every transport; about ten times a second is enough."""
        for transport in list(self.transports):
            transport.on_timer(now=now)

    def _update_ufrags(self, transport: Transport) -> None:
        table = self._router.by_ufrag
        for ufrag in [key for key, value in table.items() if value is transport]:
            del table[ufrag]
        if transport.state is TransportState.CLOSED:
            self.transports.discard(transport)
        else:
            table.update(dict.fromkeys(transport.ice.ufrags, transport))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name="dtls")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _resolve(host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
        return list(dict.fromkeys(str(info[4][0]) for info in found))
