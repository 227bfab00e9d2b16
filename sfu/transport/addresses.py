"""Which addresses are bound, and what is announced of them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network

import ifaddr

from sfu.description import Candidate
from sfu.errors import SfuError

WILDCARDS = ("0.0.0.0", "::", "")
MAX_PORT = 65535
_UDP_TYPE, _TCP_TYPE = 126, 90  # RFC 8445 §5.1.2.2 for host candidates; TCP below UDP, as browsers have it
_ADDRESS = re.compile(r"(?:\[([^]]*)\]|([^:]*))(?::([0-9]+))?", re.ASCII)  # others are IPv6 without brackets, or wrong
_TCP_PASSIVE = 4 << 13  # RFC 6544 §4.2: the direction preference of a passive candidate


class AddressError(SfuError):
    """An address in the settings that is none; the message says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """One bound address; `tcp_port` is None where TCP could not be had."""

    address: str
    udp_port: int
    tcp_port: int | None


def interface_addresses(host: str) -> list[str]:
    """The machine's addresses for a wildcard host: IPv4 alone for 0.0.0.0. Link-local ones are of no use."""
    found = [each.ip if isinstance(each.ip, str) else each.ip[0] for card in ifaddr.get_adapters() for each in card.ips]
    wanted = [each for each in dict.fromkeys(found) if host != "0.0.0.0" or ":" not in each]
    return [each for each in wanted if not ipaddress.ip_address(each.partition("%")[0]).is_link_local]


def candidates(announce: Iterable[str], listening: list[Listening]) -> list[Candidate]:
    """UDP first, then TCP passive. Without `announce`, the bound addresses; loopback only where there is no other.

    An announced port is UDP's; TCP's lies as far from it as it does here. Raises AddressError.
    """
    named = [_announced(text, listening) for text in announce] if listening else []
    public = [each for each in listening if not ipaddress.ip_address(each.address).is_loopback]
    offered = named or public or listening
    udp = [udp_candidate(each.address, each.udp_port, index) for index, each in enumerate(offered)]
    tcp = [
        tcp_candidate(each.address, each.tcp_port, index)
        for index, each in enumerate(offered)
        if each.tcp_port is not None
    ]
    return udp + tcp


def udp_priority(index: int) -> int:
    """Of our UDP candidate on the address of that index (RFC 8445 §5.1.2.1)."""
    return _UDP_TYPE << 24 | (65535 - index) << 8 | 255


def tcp_priority(index: int) -> int:
    """Of our passive TCP candidate (RFC 6544 §4.2)."""
    return _TCP_TYPE << 24 | (_TCP_PASSIVE + 8191 - index) << 8 | 255


def udp_candidate(address: str, port: int, index: int) -> Candidate:
    """As it is announced."""
    return Candidate(protocol="udp", address=address, port=port, priority=udp_priority(index), foundation=f"udp{index}")


def tcp_candidate(address: str, port: int, index: int) -> Candidate:
    """As it is announced."""
    return Candidate(protocol="tcp", address=address, port=port, priority=tcp_priority(index), foundation=f"tcp{index}")


def split_address(text: str) -> tuple[str, int | None]:
    """ "ADDRESS" or "ADDRESS:PORT" ("[v6]:PORT"). Raises AddressError."""
    match = _ADDRESS.fullmatch(text)
    address, port = (match[1] or match[2], match[3]) if match else (text, None)
    try:
        ipaddress.ip_address(address)
        number = int(port) if port is not None else None
        if number is not None and not 0 < number <= MAX_PORT:
            raise ValueError
    except ValueError:
        raise AddressError(
            f'media.announce: "{text}" is neither ADDRESS nor ADDRESS:PORT; '
            'an IPv6 address with a port is written "[2001:db8::1]:8080"'
        ) from None
    return address, number


def is_within(address: str, networks: Collection[IPv4Network | IPv6Network]) -> bool:
    """Whether an IP address, perhaps of a dual-stack socket (::ffff:…) or with a zone, is in one of the networks."""
    if not networks:
        return False
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return any((mapped or found) in network for network in networks)


def _announced(text: str, listening: list[Listening]) -> Listening:
    address, port = split_address(text)
    here = next((each for each in listening if (":" in each.address) == (":" in address)), listening[0])
    if port is None:
        return Listening(address=address, udp_port=here.udp_port, tcp_port=here.tcp_port)
    tcp = None if here.tcp_port is None else port + here.tcp_port - here.udp_port
    return Listening(address=address, udp_port=port, tcp_port=tcp if tcp and 0 < tcp <= MAX_PORT else None)
