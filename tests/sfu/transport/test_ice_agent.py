"""The ICE-lite agent in virtual time."""

from __future__ import annotations

from typing import Any

import pytest
from aioice import stun

from sfu.description import IceCredentials
from sfu.drops import DropReason
from sfu.errors import MalformedPacket
from sfu.transport.ice import (
    SEEN_TRANSACTIONS,
    SETTLE_S,
    CheckOutcome,
    IceAgent,
    Pair,
    is_check,
    local_ufrag,
    pair_priority,
    parse_stun_untrusted,
    plain_address,
)

OURS = IceCredentials(ufrag="ours", password="our password of 22 cha")
THEIRS = IceCredentials(ufrag="theirs", password="irrelevant")
UDP_PRIORITY = 126 << 24
HOME, CAFE, TRAIN = (Pair("udp", (f"192.0.2.{n}", 40000 + n)) for n in (1, 2, 3))
HIGH, LOW = 2_000_000_000, 1_000_000_000


def request(
    local: IceCredentials = OURS,
    remote: IceCredentials = THEIRS,
    *,
    nominate: bool = False,
    password: str | None = None,
    **attributes: Any,
) -> stun.Message:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes.update({"USERNAME": f"{local.ufrag}:{remote.ufrag}", "PRIORITY": HIGH, "ICE-CONTROLLING": 1})
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    for name, value in attributes.items():
        message.attributes[name.replace("_", "-")] = value
        if value is False:
            del message.attributes[name.replace("_", "-")]
    message.add_message_integrity((password or local.password).encode())
    return parse_stun_untrusted(bytes(message))


def agent(**options: Any) -> IceAgent:
    return IceAgent(local=OURS, remote=THEIRS, **options)


def check(ice: IceAgent, pair: Pair, now: float, message: stun.Message | None = None, **options: Any) -> CheckOutcome:
    return ice.receive_check(message or request(**options), pair, local_priority=UDP_PRIORITY, now=now)


def restarted(ice: IceAgent, name: str) -> tuple[IceCredentials, IceCredentials]:
    local = IceCredentials(ufrag=f"ours{name}", password=f"password {name}")
    remote = IceCredentials(ufrag=f"theirs{name}", password="irrelevant")
    ice.restart(local=local, remote=remote)
    return local, remote


# --- answers ---


def test_a_check_is_answered_with_the_address_it_came_from_and_proof_of_the_password() -> None:
    asked = request()
    outcome = check(agent(), HOME, 1.0, asked)
    answer = parse_stun_untrusted(outcome.reply)
    assert answer.message_class == stun.Class.RESPONSE
    assert answer.transaction_id == asked.transaction_id
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == HOME.address
    assert answer.check_message_integrity(OURS.password.encode())
    assert "FINGERPRINT" in answer.attributes


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"password": "wrong"}, DropReason.STUN_BAD_INTEGRITY),
        ({"remote": IceCredentials(ufrag="other", password="")}, DropReason.STUN_UNKNOWN_UFRAG),
        ({"local": IceCredentials(ufrag="other", password="x")}, DropReason.STUN_UNKNOWN_UFRAG),
        ({"USERNAME": "ours"}, DropReason.STUN_UNKNOWN_UFRAG),
        ({"USERNAME": "ours:theirs:theirs"}, DropReason.STUN_UNKNOWN_UFRAG),
        ({"USERNAME": False}, DropReason.STUN_UNKNOWN_UFRAG),
    ],
)
def test_who_does_not_know_the_password_gets_no_answer_and_changes_nothing(
    options: dict[str, Any], reason: DropReason
) -> None:
    ice = agent()
    assert check(ice, HOME, 1.0, nominate=True, **options) == CheckOutcome(drop=reason)
    assert ice.path is None
    assert ice.last_consent_s is None


def test_a_check_without_integrity_gets_no_answer() -> None:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = "ours:theirs"
    outcome = check(agent(), HOME, 1.0, parse_stun_untrusted(bytes(message)))
    assert outcome == CheckOutcome(drop=DropReason.STUN_BAD_INTEGRITY)


def test_a_browser_that_thinks_it_is_controlled_is_told_to_switch() -> None:
    ice = agent()
    outcome = check(ice, HOME, 1.0, ICE_CONTROLLING=False, ICE_CONTROLLED=5)
    answer = parse_stun_untrusted(outcome.reply)
    assert answer.error_code == 487
    assert answer.check_message_integrity(OURS.password.encode())
    assert outcome.drop is DropReason.STUN_ROLE_CONFLICT
    assert ice.path is None
    assert ice.last_consent_s is None


def test_a_retransmitted_check_is_answered_again_but_is_no_fresh_consent() -> None:
    ice, message = agent(), request()
    first, again = check(ice, HOME, 1.0, message), check(ice, HOME, 9.0, message)
    assert again.reply == first.reply
    assert again.drop is None
    assert ice.last_consent_s == 1.0


def test_an_overheard_check_replayed_from_elsewhere_moves_nothing() -> None:
    ice, message = agent(), request(nominate=True)
    check(ice, HOME, 1.0, message)
    assert check(ice, CAFE, 5.0, message) == CheckOutcome(drop=DropReason.STUN_REPLAYED)
    assert ice.path == HOME
    assert ice.last_consent_s == 1.0


def test_the_memory_of_checks_is_bounded() -> None:
    ice = agent()
    for number in range(SEEN_TRANSACTIONS + 50):
        check(ice, HOME, float(number))
    assert len(ice._seen) == SEEN_TRANSACTIONS


# --- the path ---


def test_the_first_check_makes_a_path_that_a_nomination_replaces() -> None:
    ice = agent()
    assert check(ice, HOME, 1.0).path_changed
    assert (ice.path, ice.nominated) == (HOME, False)
    assert not check(ice, CAFE, 1.1).path_changed
    assert check(ice, CAFE, 1.2, nominate=True).path_changed
    assert (ice.path, ice.nominated) == (CAFE, True)


def test_nominating_the_path_in_use_changes_nothing_but_its_rank() -> None:
    ice = agent()
    check(ice, HOME, 1.0)
    assert not check(ice, HOME, 1.1, nominate=True).path_changed
    assert ice.nominated


@pytest.mark.parametrize(
    ("first", "second", "gap_s", "expected"),
    [
        (HIGH, LOW, 0.1, HOME),  # aggressive nomination: the better of a burst
        (LOW, HIGH, 0.1, CAFE),
        (HIGH, HIGH, 0.1, CAFE),  # the same candidate through a NAT that rebound
        (HIGH, LOW, SETTLE_S + 0.1, CAFE),  # the browser changed its mind: Wi-Fi to mobile
    ],
)
def test_of_two_nominations_the_better_or_the_later_wins(first: int, second: int, gap_s: float, expected: Pair) -> None:
    ice = agent()
    check(ice, HOME, 1.0, nominate=True, PRIORITY=first)
    check(ice, CAFE, 1.0 + gap_s, nominate=True, PRIORITY=second)
    assert ice.path == expected


def test_a_nat_that_rebinds_is_followed_at_the_next_nominating_check() -> None:
    ice = agent()
    check(ice, HOME, 1.0, nominate=True)
    moved = Pair("udp", (HOME.address[0], 50001))
    assert check(ice, moved, 3.5, nominate=True).path_changed
    assert ice.path == moved


def test_a_rebound_nat_is_followed_without_a_nomination_once_the_old_path_is_silent() -> None:
    ice = agent(consent_timeout_s=15.0)
    check(ice, HOME, 0.0, nominate=True)
    assert not check(ice, CAFE, 7.0).path_changed
    assert check(ice, CAFE, 8.0).path_changed


def test_a_path_that_is_checked_again_and_again_is_not_left_without_a_nomination() -> None:
    ice = agent(consent_timeout_s=15.0)
    check(ice, HOME, 0.0, nominate=True)
    for number in range(1, 20):
        check(ice, HOME, 5.0 * number)
        assert not check(ice, CAFE, 5.0 * number + 4.9).path_changed


def test_a_broken_connection_leaves_the_next_check_to_choose() -> None:
    ice = agent()
    check(ice, HOME, 0.0, nominate=True)
    ice.forget_path()
    assert ice.path is None
    assert check(ice, CAFE, 0.1).path_changed


def test_a_check_without_priority_is_accepted() -> None:
    assert check(agent(), HOME, 0.0, PRIORITY=False).path_changed


# --- restart ---


def test_the_old_path_serves_until_the_restarted_one_is_nominated() -> None:
    ice = agent()
    check(ice, HOME, 0.0, nominate=True)
    local, remote = restarted(ice, "2")
    assert ice.local == local
    assert ice.ufrags == ["ours", "ours2"]
    assert check(ice, HOME, 1.0, nominate=True).reply is not None
    assert not check(ice, CAFE, 1.1, local=local, remote=remote).path_changed
    assert ice.path == HOME
    outcome = check(ice, CAFE, 1.2, local=local, remote=remote, nominate=True)
    assert outcome.path_changed
    assert outcome.retired
    assert ice.path == CAFE
    assert ice.ufrags == ["ours2"]
    assert check(ice, HOME, 1.3, nominate=True) == CheckOutcome(drop=DropReason.STUN_UNKNOWN_UFRAG)


def test_the_new_generation_wins_at_a_lower_priority() -> None:
    ice = agent()
    check(ice, HOME, 0.0, nominate=True, PRIORITY=HIGH)
    local, remote = restarted(ice, "2")
    check(ice, CAFE, 0.1, local=local, remote=remote, nominate=True, PRIORITY=LOW)
    assert ice.path == CAFE


def test_a_restart_on_the_same_address_retires_the_old_credentials() -> None:
    ice = agent()
    check(ice, HOME, 0.0, nominate=True)
    local, remote = restarted(ice, "2")
    outcome = check(ice, HOME, 0.1, local=local, remote=remote, nominate=True)
    assert (outcome.path_changed, outcome.retired) == (False, True)


def test_a_nat_rebinding_of_the_old_path_during_a_restart_is_followed() -> None:
    ice = agent()
    check(ice, HOME, 0.0, nominate=True)
    restarted(ice, "2")
    assert check(ice, CAFE, 1.0, nominate=True).path_changed
    assert ice.ufrags == ["ours", "ours2"]


def test_many_restarts_keep_the_running_generation_and_the_newest() -> None:
    ice = agent()
    check(ice, HOME, 0.0, nominate=True)
    generations = [restarted(ice, str(number)) for number in range(5)]
    assert ice.ufrags == ["ours", "ours3", "ours4"]
    assert check(ice, HOME, 1.0, nominate=True).reply is not None
    local, remote = generations[3]  # the browser's answer to the last one got lost
    assert check(ice, CAFE, 1.1, local=local, remote=remote, nominate=True).path_changed
    assert ice.ufrags == ["ours3", "ours4"]


def test_a_new_generation_takes_over_a_silent_path_without_nomination() -> None:
    ice = agent(consent_timeout_s=10.0)
    check(ice, HOME, 0.0, nominate=True)
    local, remote = restarted(ice, "2")
    assert check(ice, CAFE, 6.0, local=local, remote=remote).path_changed
    restarted(ice, "3")
    assert ice.ufrags == ["ours2", "ours3"]


# --- consent ---


def test_consent_lasts_for_the_time_out_after_the_last_proven_check() -> None:
    ice = agent(consent_timeout_s=15.0)
    assert ice.consent_expired(now=0.0)
    for number in range(10):
        check(ice, HOME, 2.5 * number, nominate=True)
    assert not ice.consent_expired(now=22.5 + 15.0)
    assert ice.consent_expired(now=22.5 + 15.1)
    check(ice, CAFE, 40.0, password="wrong")
    assert ice.consent_expired(now=40.0)
    check(ice, CAFE, 41.0)
    assert not ice.consent_expired(now=41.0)


# --- small facts ---


@pytest.mark.parametrize(
    ("controlling", "controlled", "expected"), [(1, 2, (1 << 32) + 4), (2, 1, (1 << 32) + 5), (3, 3, (3 << 32) + 6)]
)
def test_pair_priority_follows_the_rfc(controlling: int, controlled: int, expected: int) -> None:
    assert pair_priority(controlling=controlling, controlled=controlled) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (("192.0.2.1", 5), ("192.0.2.1", 5)),
        (("::ffff:192.0.2.1", 5, 0, 0), ("192.0.2.1", 5)),
        (("::FFFF:192.0.2.1", 5, 0, 0), ("192.0.2.1", 5)),
        (("2001:db8::1", 5, 0, 0), ("2001:db8::1", 5)),
        (("fe80::1%eth0", 5, 0, 2), ("fe80::1", 5)),
    ],
)
def test_the_address_told_is_plain(address: tuple[Any, ...], expected: tuple[str, int]) -> None:
    assert plain_address(address) == expected
    answer = parse_stun_untrusted(check(agent(), Pair("udp", address), 0.0).reply)
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == expected


GOOD = bytes(request())


def with_attribute(kind: int, value: bytes) -> bytes:
    body = kind.to_bytes(2, "big") + len(value).to_bytes(2, "big") + value + bytes(-len(value) % 4)
    return b"\0\1" + len(body).to_bytes(2, "big") + GOOD[4:20] + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        GOOD[:19],
        GOOD[:-1],
        GOOD[:-4],
        GOOD + b"\0\0\0\0",
        b"\x40" + GOOD[1:],
        GOOD[:4] + b"\0\0\0\0" + GOOD[8:],
        GOOD[:-1] + bytes([GOOD[-1] ^ 1]),
        b"\x00\x05" + GOOD[2:],
        with_attribute(0x0024, b"ab"),
        with_attribute(0x0006, b"\xff\xfe\xfd\xfc"),
        with_attribute(0x8029, b"abcd"),
        with_attribute(0x0020, b"\0\1ab"),
        with_attribute(0x8028, b"abcd"),
    ],
)
def test_what_is_not_stun_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedPacket):
        parse_stun_untrusted(data)


def test_only_binding_requests_are_checks() -> None:
    indication = stun.Message(stun.Method.BINDING, stun.Class.INDICATION)
    allocate = stun.Message(stun.Method.ALLOCATE, stun.Class.REQUEST)
    assert not is_check(indication)
    assert not is_check(allocate)
    assert local_ufrag(indication) is None
    assert is_check(request())
    assert local_ufrag(request()) == "ours"
