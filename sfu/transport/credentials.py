"""ICE credentials of ours."""

import secrets

from sfu.description import IceCredentials


def new_credentials() -> IceCredentials:
    """Fresh ICE credentials: 48 and 144 bits of randomness (RFC 8445 §5.3 asks for 24 and 128)."""
    return IceCredentials(ufrag=secrets.token_hex(6), password=secrets.token_hex(18))
