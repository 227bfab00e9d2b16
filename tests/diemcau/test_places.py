from __future__ import annotations

from typing import Any

import pytest

from config.models import MediaSettings, ServerSettings, Settings
from diemcau.places import ports_lacking, tcp_port, udp_port, worker_settings
from diemcau.workers import FIRST_DELAY_S, MAX_DELAY_S, STEADY_S, delay_s
from sfu.transport.addresses import AddressError


def settings(*, port: int = 8080, workers: int = 3, **media: Any) -> Settings:
    return Settings(server=ServerSettings(port=port, workers=workers), media=MediaSettings(**media))


def test_the_first_worker_is_as_a_server_without_workers() -> None:
    alone = settings(announce=("192.0.2.1:9000",))
    assert worker_settings(alone, 0) == alone
    assert (udp_port(alone, 0), tcp_port(alone, 0)) == (8080, 8081)


@pytest.mark.parametrize(
    ("media", "worker", "ports", "announced"),
    [
        ({}, 2, (8084, 8085), ()),
        ({"tcp_port": 9443}, 1, (8082, 9445), ()),
        ({"announce": ("192.0.2.1",)}, 1, (8082, 8083), ("192.0.2.1",)),
        (
            {"announce": ("192.0.2.1:9000", "[2001:db8::1]:9000")},
            2,
            (8084, 8085),
            ("192.0.2.1:9004", "[2001:db8::1]:9004"),
        ),
        ({"announce": ("2001:db8::1",)}, 1, (8082, 8083), ("2001:db8::1",)),
    ],
)
def test_each_further_worker_has_its_own_ports_and_announces_them(
    media: dict[str, Any], worker: int, ports: tuple[int, int], announced: tuple[str, ...]
) -> None:
    whole = settings(**media)
    own = worker_settings(whole, worker)
    assert (udp_port(whole, worker), own.media.tcp_port) == ports
    assert own.media.announce == announced
    assert own.server == whole.server


def test_a_wrong_address_is_refused() -> None:
    with pytest.raises(AddressError, match=r"media\.announce"):
        worker_settings(settings(announce=("nowhere",)), 1)


@pytest.mark.parametrize(
    ("whole", "lacking"),
    [
        (settings(), ""),
        (settings(port=65_530, workers=3), ""),
        (settings(port=65_531, workers=3), "65536"),
        (settings(tcp_port=8076, workers=2), ""),
        (settings(tcp_port=8076, workers=3), "worker 2"),
    ],
)
def test_ports_that_cannot_be_had_are_named_before_anything_starts(whole: Settings, lacking: str) -> None:
    found = ports_lacking(whole)
    assert lacking in found
    assert bool(found) == bool(lacking)


@pytest.mark.parametrize(
    ("before", "lived", "delay"),
    [
        (0.0, 0.1, FIRST_DELAY_S),
        (FIRST_DELAY_S, 0.1, 2 * FIRST_DELAY_S),
        (8.0, 1.0, MAX_DELAY_S),
        (MAX_DELAY_S, 1.0, MAX_DELAY_S),
        (MAX_DELAY_S, STEADY_S, FIRST_DELAY_S),
    ],
)
def test_a_worker_that_keeps_dying_is_started_less_and_less_often(before: float, lived: float, delay: float) -> None:
    assert delay_s(before, lived_s=lived) == delay
