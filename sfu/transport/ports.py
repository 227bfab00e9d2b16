"""All ports of the media plane: a UDP socket per address, a TCP listener per address, and what is announced of them."""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
import socket
import time
from collections.abc import Callable

import ifaddr
from aiortc import RTCCertificate

from config.models import MediaSettings
from sfu.description import Candidate, Fingerprint, IceCredentials, RemoteDescription
from sfu.drops import Drops
from sfu.errors import SfuError
from sfu.transport.ice import IceAgent
from sfu.transport.port import Router, UdpPort, bind_udp, supports_segmentation
from sfu.transport.srtp import Buffer
from sfu.transport.tcp import TcpConnection
from sfu.transport.transport import Transport, TransportHandler, TransportState

SEND_BUFFER_BYTES = 70_000
_TYPE_PREFERENCE = {"udp": 126, "tcp": 90}


class PortError(SfuError):
    """An address or port that cannot be had; the message says which and what to do."""


class Ports:
    """Sockets, candidates and the transports behind them.

    after_batch: called after each batch of datagrams has been routed, so that room 5 flushes.
    """

    def __init__(
        self, settings: MediaSettings, *, host: str, port: int, after_batch: Callable[[], None] = lambda: None
    ) -> None:
        self._settings = settings
        self._host = host
        self._port = port
        self.tcp_port = settings.tcp_port or port + 1
        self._after_batch = after_batch
        self._router = Router()
        self._buffer = Buffer(SEND_BUFFER_BYTES)
        self._udp: list[UdpPort] = []
        self._tcp: list[asyncio.Server] = []
        self._connections: set[TcpConnection] = set()
        self._certificate = RTCCertificate.generateCertificate()
        self.transports: set[Transport] = set()

    @property
    def drops(self) -> Drops:
        """Datagrams dropped before any transport."""
        return self._router.drops

    @property
    def fingerprints(self) -> list[Fingerprint]:
        """Of our certificate."""
        return [Fingerprint(algorithm=each.algorithm, value=each.value) for each in self._certificate.getFingerprints()]

    @property
    def candidates(self) -> list[Candidate]:
        """What the answer announces: UDP first, then TCP passive."""
        announced = [_split(each, self._port, self.tcp_port) for each in self._settings.announce] or [
            (str(port.local[0]), self._port, self.tcp_port) for port in self._udp
        ]
        return [
            _candidate(protocol, address, tcp if protocol == "tcp" else udp, index)
            for protocol in ("udp", "tcp")
            for index, (address, udp, tcp) in enumerate(announced)
        ]

    async def start(self) -> None:
        """Bind everything. Raises PortError naming what is taken; nothing stays bound then."""
        loop = asyncio.get_running_loop()
        try:
            for address in addresses_of(self._host):
                sock = bind_udp(address, self._port)
                offload = self._settings.gso != "off" and supports_segmentation(sock)
                port = UdpPort(sock, self._router, self._buffer, offload=offload, after_batch=self._after_batch)
                self._udp.append(port)
                loop.add_reader(port.fileno(), port.on_readable)
                self._tcp.append(await loop.create_server(self._connection, address, self.tcp_port))
        except OSError as error:
            await self.close()
            raise PortError(
                f"cannot listen on {self._host} UDP {self._port} and TCP {self.tcp_port} for media: {error.strerror}. "
                "Choose other ports with --port (media.tcp_port for TCP), or end the program that holds them."
            ) from error

    async def close(self) -> None:
        """Close every transport and socket."""
        for transport in list(self.transports):
            transport.close()
        await asyncio.sleep(0)  # lets DTLS tell the peers
        loop = asyncio.get_running_loop()
        for port in self._udp:
            loop.remove_reader(port.fileno())
            port.close()
        for connection in list(self._connections):
            connection.close()
        for server in self._tcp:
            server.close()
        self._udp.clear()
        self._tcp.clear()

    def create_transport(self, *, remote: RemoteDescription, handler: TransportHandler, label: str) -> Transport:
        """A transport that waits for the remote's checks; `label` names it in logs."""
        transport = Transport(
            ice=IceAgent(local=new_credentials(), remote=remote.ice),
            remote=remote,
            certificate=self._certificate,
            handler=handler,
            consent_timeout_s=self._settings.consent_timeout_s,
            clock=time.monotonic,
            on_ufrags=self._update_ufrags,
            label=label,
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

    def _connection(self) -> TcpConnection:
        return TcpConnection(self._router, self._buffer, self._connections, self._after_batch)


def new_credentials() -> IceCredentials:
    """Fresh ICE credentials: 48 and 144 bits of randomness (RFC 8445 §5.3 asks for 24 and 128)."""
    return IceCredentials(ufrag=secrets.token_hex(6), password=secrets.token_hex(18))


def addresses_of(host: str) -> list[str]:
    """The addresses to bind for a host setting: each address of the machine for 0.0.0.0 or ::, else the host's own."""
    if host in ("0.0.0.0", "::", ""):
        found = [
            ip.ip if isinstance(ip.ip, str) else ip.ip[0] for adapter in ifaddr.get_adapters() for ip in adapter.ips
        ]
        wanted = [each for each in found if host != "0.0.0.0" or ":" not in each]
        return [each for each in wanted if not ipaddress.ip_address(each).is_link_local]
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        return sorted({str(info[4][0]) for info in socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)})


def _split(text: str, udp: int, tcp: int) -> tuple[str, int, int]:
    """ "ADDRESS" or "ADDRESS:PORT" ("[v6]:PORT"); a port given is that of UDP, TCP follows it as at home."""
    if text.startswith("["):
        address, _, port = text[1:].partition("]:")
    elif text.count(":") == 1:
        address, _, port = text.partition(":")
    else:
        address, port = text, ""
    address = address.rstrip("]")
    return (address, int(port), int(port) + tcp - udp) if port else (address, udp, tcp)


def _candidate(protocol: str, address: str, port: int, index: int) -> Candidate:
    """RFC 8445 §5.1.2; TCP passive below UDP (RFC 6544 §4.2)."""
    local = 65535 - index if protocol == "udp" else (2 << 13) + 8191 - index
    return Candidate(
        protocol=protocol,
        address=address,
        port=port,
        priority=_TYPE_PREFERENCE[protocol] << 24 | local << 8 | 255,
        foundation=f"{protocol}{index}",
    )
