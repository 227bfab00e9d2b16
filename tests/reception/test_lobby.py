"""Who waits outside."""

import pytest

from reception.lobby import Lobby

OPEN = Lobby()
SHUT = Lobby(on=True)


@pytest.mark.parametrize(
    ("lobby", "role", "waits"),
    [
        (OPEN, "delegate", False),
        (OPEN, "observer", False),
        (SHUT, "delegate", True),
        (SHUT, "observer", True),
        (SHUT, "central", False),
        (SHUT.admit(["a"]), "delegate", False),
        (SHUT.admit(["b"]), "delegate", True),
        (OPEN.hold("a"), "delegate", True),
        (OPEN.hold("b"), "delegate", False),
        (SHUT.hold("a"), "central", True),
        (SHUT.admit(["a"]).hold("a"), "delegate", True),
        (SHUT.hold("a").admit(["a"]), "delegate", False),
        (OPEN.hold("a").admit(["a"]), "central", False),
    ],
)
def test_who_waits(lobby: Lobby, role: str, waits: bool) -> None:
    assert lobby.waits("a", role=role) is waits


def test_what_is_admitted_or_held_twice_is_named_once() -> None:
    assert SHUT.admit(["a"]).admit(["a", "b"]).admitted == ("a", "b")
    assert SHUT.hold("a").hold("a").held == ("a",)
    assert Lobby.model_validate(SHUT.admit(["a"]).model_dump(mode="json")) == SHUT.admit(["a"])
