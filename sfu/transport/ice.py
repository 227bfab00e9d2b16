"""An ICE-lite agent (RFC 8445 §2.5), without sockets or clocks; consent as RFC 7675 lets a lite agent have it.

A lite agent answers checks and sends none. It is always controlled; the browser nominates with USE-CANDIDATE. An ICE
restart adds a generation of credentials; the old one and its path serve on until the new one has nominated a path.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, NamedTuple

from aioice.stun import COOKIE, HEADER_LENGTH, Class, Message, Method, parse_message

from sfu.description import IceCredentials
from sfu.drops import DropReason
from sfu.errors import MalformedPacket

Address = tuple[Any, ...]
MAX_PENDING_RESTARTS = 2  # restarts without a nomination that are still answered, besides the running generation
SETTLE_S = 0.5  # aggressive nomination names several pairs within this time; the one of highest priority wins
SEEN_TRANSACTIONS = 512  # 20 minutes of checks each 2.5 s
ROLE_CONFLICT = (487, "Role Conflict")


class Pair(NamedTuple):
    """A candidate pair as a lite agent sees it: the link a check came on and the address it came from."""

    link: object
    address: Address


def parse_stun_untrusted(data: bytes) -> Message:
    """A STUN message (RFC 8489 §5). Raises MalformedPacket."""
    if len(data) < HEADER_LENGTH or len(data) % 4 or data[0] > 3:
        raise MalformedPacket("STUN: not a message")
    if int.from_bytes(data[4:8], "big") != COOKIE:
        raise MalformedPacket("STUN: no magic cookie")
    try:
        return parse_message(data)
    except (ValueError, KeyError, IndexError, TypeError, OverflowError, struct.error) as error:
        raise MalformedPacket(f"STUN: {error}") from None


def is_check(message: Message) -> bool:
    """Whether it is a binding request."""
    return message.message_method == Method.BINDING and message.message_class == Class.REQUEST


def local_ufrag(message: Message) -> str | None:
    """Our ufrag in the USERNAME of a binding request, "ours:theirs"; None for anything else."""
    username = message.attributes.get("USERNAME") if is_check(message) else None
    if username is None or ":" not in username:
        return None
    return str(username).partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What came of a binding request.

    reply: to be sent to where the check came from. drop: why it changed nothing; None if it was accepted.
    path_changed: the agent's `path` is another one now. retired: local ufrags were given up.
    """

    reply: bytes | None = None
    drop: DropReason | None = None
    path_changed: bool = False
    retired: bool = False


@dataclass(slots=True, eq=False)
class _Generation:
    local: IceCredentials
    remote: IceCredentials


@dataclass(slots=True)
class _Selection:
    """The pair in use. `nominated_s`: when it was last nominated, None for one taken because it works."""

    pair: Pair
    generation: _Generation
    priority: int
    checked_s: float
    nominated_s: float | None


class IceAgent:
    """One peer's side of ICE. Nothing of a check counts before its integrity is proven."""

    def __init__(self, *, local: IceCredentials, remote: IceCredentials, consent_timeout_s: float = 15.0) -> None:
        self._generations = [_Generation(local, remote)]
        self._selected: _Selection | None = None
        self._seen: dict[bytes, Pair] = {}
        self._consent_timeout_s = consent_timeout_s
        self.last_consent_s: float | None = None

    @property
    def local(self) -> IceCredentials:
        """The newest local credentials."""
        return self._generations[-1].local

    @property
    def remote_ufrag(self) -> str:
        """The newest remote ufrag."""
        return self._generations[-1].remote.ufrag

    @property
    def ufrags(self) -> list[str]:
        """Every local ufrag that is still answered."""
        return [generation.local.ufrag for generation in self._generations]

    @property
    def path(self) -> Pair | None:
        """Where the peer is to be reached."""
        return self._selected.pair if self._selected else None

    @property
    def nominated(self) -> bool:
        """Whether the path was nominated, and not only taken because it works."""
        return self._selected is not None and self._selected.nominated_s is not None

    def consent_expired(self, *, now: float) -> bool:
        """RFC 7675 §5.1: no authenticated check for so long that nothing may be sent any more."""
        return self.last_consent_s is None or now - self.last_consent_s > self._consent_timeout_s

    def restart(self, *, local: IceCredentials, remote: IceCredentials) -> None:
        """RFC 8445 §9: new credentials. The old ones stay valid until a path of the new generation is nominated."""
        if self._selected is not None:
            del self._generations[: self._generations.index(self._selected.generation)]
        self._generations.append(_Generation(local, remote))
        del self._generations[1:-MAX_PENDING_RESTARTS]

    def forget_path(self) -> None:
        """The path's connection broke; the next check that comes chooses another."""
        self._selected = None

    def receive_check(self, message: Message, pair: Pair, *, local_priority: int, now: float) -> CheckOutcome:
        """A binding request (RFC 8445 §7.3). `local_priority` is our candidate's, as announced.

        A wrong integrity, a username of another remote, and a check that was seen before from elsewhere (replayed by
        somebody who overheard it) get no reply and change nothing.
        """
        generation = self._generation_of(message)
        if generation is None:
            return CheckOutcome(drop=DropReason.STUN_UNKNOWN_UFRAG)
        key = generation.local.password.encode()
        if not message.check_message_integrity(key):
            return CheckOutcome(drop=DropReason.STUN_BAD_INTEGRITY)
        known = self._seen.get(message.transaction_id)
        if known is not None and known != pair:
            return CheckOutcome(drop=DropReason.STUN_REPLAYED)
        if "ICE-CONTROLLED" in message.attributes:
            # RFC 8445 §6.1.1: a lite agent is controlled, so the other side has to switch (§7.3.1.1)
            return CheckOutcome(reply=_error(message, ROLE_CONFLICT, key), drop=DropReason.STUN_ROLE_CONFLICT)
        reply = _response(message, pair.address, key)
        if known is not None:  # a retransmission: answered again, but no fresh consent
            return CheckOutcome(reply=reply)
        self._remember(message.transaction_id, pair)
        self.last_consent_s = now
        before, count = self.path, len(self._generations)
        self._consider(message, pair, generation, local_priority, now)
        return CheckOutcome(reply=reply, path_changed=self.path != before, retired=len(self._generations) != count)

    def _generation_of(self, message: Message) -> _Generation | None:
        ours, _, theirs = str(message.attributes.get("USERNAME", "")).partition(":")
        for generation in self._generations:
            if generation.local.ufrag == ours and generation.remote.ufrag == theirs:
                return generation
        return None

    def _remember(self, transaction_id: bytes, pair: Pair) -> None:
        if len(self._seen) >= SEEN_TRANSACTIONS:
            del self._seen[next(iter(self._seen))]
        self._seen[transaction_id] = pair

    def _consider(self, message: Message, pair: Pair, generation: _Generation, local_priority: int, now: float) -> None:
        """Make the check's pair the path, if it is to be."""
        nominating = "USE-CANDIDATE" in message.attributes
        priority = pair_priority(controlling=message.attributes.get("PRIORITY", 0), controlled=local_priority)
        current = self._selected
        if current is not None and current.pair == pair and current.generation is generation:
            current.checked_s = now
            if nominating:
                current.nominated_s = now
                current.priority = priority
        elif current is None or self._replaces(current, generation, priority, nominating=nominating, now=now):
            nominated_s = now if nominating else None
            self._selected = _Selection(pair, generation, priority, checked_s=now, nominated_s=nominated_s)
        if nominating and self._selected is not None and self._selected.generation is generation:
            del self._generations[: self._generations.index(generation)]

    def _replaces(
        self, current: _Selection, generation: _Generation, priority: int, *, nominating: bool, now: float
    ) -> bool:
        if not nominating:  # a rebound NAT, or a browser that nominates once: follow it when the old path is silent
            return now - current.checked_s > self._consent_timeout_s / 2
        if generation is not current.generation:  # the older is gone once the newer has nominated (RFC 8445 §9)
            return self._generations.index(generation) > self._generations.index(current.generation)
        if current.nominated_s is None or priority >= current.priority:
            return True
        return now - current.nominated_s > SETTLE_S


def pair_priority(*, controlling: int, controlled: int) -> int:
    """RFC 8445 §6.1.2.3."""
    return (min(controlling, controlled) << 32) + 2 * max(controlling, controlled) + int(controlling > controlled)


def _response(message: Message, address: Address, key: bytes) -> bytes:
    response = Message(Method.BINDING, Class.RESPONSE, transaction_id=message.transaction_id)
    response.attributes["XOR-MAPPED-ADDRESS"] = plain_address(address)
    response.add_message_integrity(key)
    return bytes(response)


def _error(message: Message, code: tuple[int, str], key: bytes) -> bytes:
    response = Message(Method.BINDING, Class.ERROR, transaction_id=message.transaction_id)
    response.attributes["ERROR-CODE"] = code
    response.add_message_integrity(key)
    return bytes(response)


def plain_address(address: Address) -> tuple[str, int]:
    """(host, port) without IPv6 scope; an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) as IPv4."""
    host = str(address[0]).partition("%")[0]
    if host.lower().startswith("::ffff:") and "." in host:
        host = host[len("::ffff:") :]
    return host, int(address[1])
