"""The recorder's signing key: Ed25519, made at the first start."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


def load_or_make_key(data: Path) -> Ed25519PrivateKey:
    """The key in DATA/keys/recorder.pem, readable by the owner only; made if there is none."""
    path = data / "keys" / "recorder.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial = path.with_suffix(".new")
        partial.touch(mode=0o600)
        key = Ed25519PrivateKey.generate()
        partial.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        partial.replace(path)
    loaded = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(loaded, Ed25519PrivateKey)
    return loaded


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public key's 32 bytes as hex."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
