"""An ICE-lite agent (RFC 8445 §2.5, consent as RFC 7675 lets a lite agent have it), without sockets or clocks.

A lite agent answers checks and sends none. It is always controlled; the browser nominates with USE-CANDIDATE. An ICE
restart adds a generation of credentials; the old one and its path serve on until the new one has nominated a path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aioice.stun import Class, Message, Method, parse_message

from sfu.description import IceCredentials
from sfu.errors import MalformedPacket

Address = tuple[Any, ...]
MAX_GENERATIONS = 3


def parse_stun_untrusted(data: bytes) -> Message:
    """A STUN message (RFC 8489). Raises MalformedPacket."""
    try:
        return parse_message(data)
    except (ValueError, KeyError, IndexError, TypeError, OverflowError, UnicodeDecodeError) as error:
        raise MalformedPacket(f"STUN: {error}") from None


def local_ufrag(message: Message) -> str | None:
    """Our ufrag in the USERNAME of a binding request, "ours:theirs"; None for anything else."""
    if message.message_method != Method.BINDING or message.message_class != Class.REQUEST:
        return None
    username = message.attributes.get("USERNAME")
    if not isinstance(username, str) or ":" not in username:
        return None
    return username.split(":", 1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What came of a binding request. `accepted`: its integrity was right; `selected`: use this address from now on."""

    reply: bytes | None
    accepted: bool = False
    selected: bool = False


@dataclass(slots=True)
class _Generation:
    local: IceCredentials
    remote: IceCredentials


_REFUSED = CheckOutcome(reply=None)


class IceAgent:
    """One peer's side of ICE."""

    def __init__(self, *, local: IceCredentials, remote: IceCredentials) -> None:
        self._generations = [_Generation(local, remote)]
        self._nominated_generation = -1
        self._has_path = False
        self.last_consent_s: float | None = None

    @property
    def local(self) -> IceCredentials:
        """The newest local credentials."""
        return self._generations[-1].local

    @property
    def ufrags(self) -> list[str]:
        """Every local ufrag that is still answered."""
        return [generation.local.ufrag for generation in self._generations]

    def restart(self, *, local: IceCredentials, remote: IceCredentials) -> None:
        """RFC 8445 §9: new credentials. The old ones stay valid until a path of the new generation is nominated."""
        self._generations.append(_Generation(local, remote))
        if len(self._generations) > MAX_GENERATIONS:
            del self._generations[0]
            self._nominated_generation = max(-1, self._nominated_generation - 1)

    def receive_check(self, message: Message, address: Address, *, now: float) -> CheckOutcome:
        """A binding request whose USERNAME names one of our ufrags, from `address`.

        A wrong integrity or a username of another remote gets no reply and changes nothing.
        """
        index = self._generation_of(message)
        if index is None:
            return _REFUSED
        generation = self._generations[index]
        key = generation.local.password.encode()
        if not message.check_message_integrity(key):
            return _REFUSED
        response = Message(Method.BINDING, Class.RESPONSE, transaction_id=message.transaction_id)
        response.attributes["XOR-MAPPED-ADDRESS"] = _plain(address)
        response.add_message_integrity(key)
        self.last_consent_s = now
        return CheckOutcome(reply=bytes(response), accepted=True, selected=self._select(message, index))

    def _generation_of(self, message: Message) -> int | None:
        ours, _, theirs = str(message.attributes["USERNAME"]).partition(":")
        for index, generation in enumerate(self._generations):
            if generation.local.ufrag == ours and generation.remote.ufrag == theirs:
                return index
        return None

    def _select(self, message: Message, index: int) -> bool:
        """Whether the check's address becomes the path: nominated, or the first that works at all."""
        if "USE-CANDIDATE" not in message.attributes:
            first = not self._has_path
            self._has_path = True
            return first
        if index < self._nominated_generation:
            return False
        self._has_path = True
        del self._generations[:index]
        self._nominated_generation = 0
        return True


def _plain(address: Address) -> tuple[str, int]:
    """(host, port) without IPv6 scope; an IPv4-mapped IPv6 address as IPv4."""
    host = str(address[0]).partition("%")[0]
    if host.startswith("::ffff:") and "." in host:
        host = host.removeprefix("::ffff:")
    return host, int(address[1])
