"""What is bound and what is announced."""

from __future__ import annotations

import socket

import ifaddr
import pytest

from config.models import MediaSettings
from sfu.transport import addresses
from sfu.transport import ports as ports_module
from sfu.transport.addresses import AddressError, Listening, candidates, interface_addresses, is_within, split_address
from sfu.transport.ports import PortError, Ports

HERE = Listening(address="192.0.2.10", udp_port=8080, tcp_port=8081)
HERE6 = Listening(address="2001:db8::10", udp_port=8080, tcp_port=8081)
LOOPBACK = Listening(address="127.0.0.1", udp_port=8080, tcp_port=8081)
DEAF = Listening(address="192.0.2.10", udp_port=8080, tcp_port=None)


@pytest.mark.parametrize(
    ("announce", "listening", "expected"),
    [
        ([], [HERE], ["udp 192.0.2.10 8080", "tcp 192.0.2.10 8081"]),
        ([], [DEAF], ["udp 192.0.2.10 8080"]),
        ([], [LOOPBACK], ["udp 127.0.0.1 8080", "tcp 127.0.0.1 8081"]),
        ([], [LOOPBACK, HERE], ["udp 192.0.2.10 8080", "tcp 192.0.2.10 8081"]),
        (
            [],
            [HERE, HERE6],
            ["udp 192.0.2.10 8080", "udp 2001:db8::10 8080", "tcp 192.0.2.10 8081", "tcp 2001:db8::10 8081"],
        ),
        (["203.0.113.5"], [HERE], ["udp 203.0.113.5 8080", "tcp 203.0.113.5 8081"]),
        (["203.0.113.5:9000"], [HERE], ["udp 203.0.113.5 9000", "tcp 203.0.113.5 9001"]),
        (["203.0.113.5:9000"], [DEAF], ["udp 203.0.113.5 9000"]),
        (["203.0.113.5:65535"], [HERE], ["udp 203.0.113.5 65535"]),
        (
            ["192.0.2.10", "203.0.113.5:9000"],
            [HERE],
            ["udp 192.0.2.10 8080", "udp 203.0.113.5 9000", "tcp 192.0.2.10 8081", "tcp 203.0.113.5 9001"],
        ),
        (["[2001:db8::5]:9000"], [HERE, HERE6], ["udp 2001:db8::5 9000", "tcp 2001:db8::5 9001"]),
        ([], [], []),
    ],
)
def test_candidates_are_what_browsers_can_reach(
    announce: list[str], listening: list[Listening], expected: list[str]
) -> None:
    found = candidates(announce, listening)
    assert [f"{each.protocol} {each.address} {each.port}" for each in found] == expected
    assert [each.priority for each in found] == sorted((each.priority for each in found), reverse=True)
    assert len({each.foundation for each in found}) == len(found)
    assert all(0 < each.priority < 2**31 for each in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", ("192.0.2.1", None)),
        ("192.0.2.1:5000", ("192.0.2.1", 5000)),
        ("2001:db8::1", ("2001:db8::1", None)),
        ("[2001:db8::1]", ("2001:db8::1", None)),
        ("[2001:db8::1]:5000", ("2001:db8::1", 5000)),
    ],
)
def test_an_announced_address_may_have_a_port(text: str, expected: tuple[str, int | None]) -> None:
    assert split_address(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "example.vn", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:x", "[::1", "192.0.2.300", ":5"],
)
def test_what_is_no_address_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(AddressError, match="announce"):
        split_address(text)


def test_wildcards_mean_each_address_once_without_link_local(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        "127.0.0.1",
        "192.0.2.10",
        "169.254.1.1",
        "192.0.2.10",
        ("::1", 0, 0),
        ("fe80::1", 0, 2),
        ("fd00::2", 0, 0),
    ]
    cards = [ifaddr.Adapter("eth0", "eth0", [ifaddr.IP(each, 24, "eth0") for each in found])]
    monkeypatch.setattr(addresses.ifaddr, "get_adapters", lambda: cards)
    assert interface_addresses("0.0.0.0") == ["127.0.0.1", "192.0.2.10"]
    assert interface_addresses("::") == ["127.0.0.1", "192.0.2.10", "::1", "fd00::2"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_a_wildcard_host_binds_each_address_by_itself(host: str) -> None:
    ports = Ports(MediaSettings(), host=host, port=0)
    await ports.start()
    try:
        bound = [port.local[0] for port in ports._udp]
        assert "127.0.0.1" in bound
        assert "0.0.0.0" not in bound
        assert ("::1" in bound) == (host == "::")
        assert len({port.local[1] for port in ports._udp}) == 1
        assert ports.candidates
    finally:
        await ports.close()


async def test_an_address_that_has_just_gone_is_left_out_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = ["192.0.2.123", "127.0.0.1"]
    monkeypatch.setattr(ports_module, "interface_addresses", lambda host: found)
    ports = Ports(MediaSettings(), host="0.0.0.0", port=0)
    await ports.start()
    assert [each.address for each in ports.candidates] == ["127.0.0.1"] * 2
    assert "192.0.2.123" in capsys.readouterr().out
    await ports.close()
    found.remove("127.0.0.1")
    with pytest.raises(PortError, match="assign"):
        await Ports(MediaSettings(), host="0.0.0.0", port=0).start()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
async def test_a_host_is_a_name_or_an_address(host: str) -> None:
    ports = Ports(MediaSettings(), host=host, port=0)
    await ports.start()
    assert {each.address for each in ports.candidates} <= {"127.0.0.1", "::1"}
    await ports.close()
    await ports.close()


def taken(kind: int) -> tuple[socket.socket, int]:
    sock = socket.socket(socket.AF_INET, kind)
    sock.bind(("127.0.0.1", 0))
    if kind == socket.SOCK_STREAM:
        sock.listen()
    return sock, sock.getsockname()[1]


async def test_a_taken_udp_port_is_named_and_nothing_stays_bound() -> None:
    sock, number = taken(socket.SOCK_DGRAM)
    ports = Ports(MediaSettings(), host="127.0.0.1", port=number)
    with sock, pytest.raises(PortError, match=f"UDP {number}.*in use.*--port"):
        await ports.start()
    assert ports._udp == []
    with socket.socket() as free:
        free.bind(("127.0.0.1", number + 1))


async def test_a_taken_tcp_port_that_was_asked_for_is_an_error() -> None:
    sock, number = taken(socket.SOCK_STREAM)
    ports = Ports(MediaSettings(tcp_port=number), host="127.0.0.1", port=0)
    with sock, pytest.raises(PortError, match=rf"TCP {number}.*media\.tcp_port"):
        await ports.start()
    assert ports._udp == []


async def test_a_taken_tcp_port_next_to_udps_is_done_without_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    sock, number = taken(socket.SOCK_STREAM)
    ports = Ports(MediaSettings(), host="127.0.0.1", port=number - 1)
    with sock:
        await ports.start()
        assert [each.protocol for each in ports.candidates] == ["udp"]
        assert "no media over TCP" in capsys.readouterr().out
        await ports.close()


async def test_a_foreign_address_and_a_wrong_announcement_are_errors() -> None:
    with pytest.raises(PortError, match=r"192\.0\.2\.123"):
        await Ports(MediaSettings(), host="192.0.2.123", port=0).start()
    with pytest.raises(PortError, match="example"):
        await Ports(MediaSettings(announce=("example.vn",)), host="127.0.0.1", port=0).start()


@pytest.mark.parametrize(("port", "tcp_port", "expected"), [(8080, 0, 8081), (8080, 9999, 9999), (0, 0, 0)])
def test_tcp_listens_next_to_udp_unless_told_otherwise(port: int, tcp_port: int, expected: int) -> None:
    assert Ports(MediaSettings(tcp_port=tcp_port), host="127.0.0.1", port=port).tcp_port == expected


async def test_the_last_port_has_no_tcp_beside_it() -> None:
    ports = Ports(MediaSettings(), host="127.0.0.1", port=65535)
    await ports.start()
    assert [each.protocol for each in ports.candidates] == ["udp"]
    await ports.close()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.168.1.20", True),
        ("::ffff:192.168.1.20", True),
        ("192.168.2.20", False),
        ("fd00::5%eth0", True),
        ("fe80::5%eth0", False),
    ],
)
def test_an_address_is_found_in_the_sites_networks(address: str, expected: bool) -> None:
    settings = MediaSettings.model_validate({"site_networks": ["192.168.1.0/24", "fd00::/8"]})
    assert is_within(address, settings.site_networks) is expected
    assert not is_within(address, ())
