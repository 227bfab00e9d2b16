from pathlib import Path

import pytest

from recorder.chain import hands_over
from recorder.keys import load_or_make_key, rotate_key
from recorder.verify import known_key


def test_a_key_is_made_once_readable_by_its_owner_only_with_its_public_half_beside_it(tmp_path: Path) -> None:
    key = load_or_make_key(tmp_path)
    assert load_or_make_key(tmp_path).public_hex == key.public_hex
    assert (tmp_path / "keys" / "recorder.pem").stat().st_mode & 0o777 == 0o600
    assert known_key(str(tmp_path / "keys" / "recorder.pub.pem")) == key.public_hex
    assert known_key(key.public_hex) == key.public_hex


def test_rotation_keeps_the_old_key_and_its_word_for_the_new_one(tmp_path: Path) -> None:
    first = load_or_make_key(tmp_path)
    second = rotate_key(tmp_path)
    third = rotate_key(tmp_path)
    assert [each["previous"] for each in third.history] == [first.public_hex, second.public_hex]
    assert [each["key"] for each in third.history] == [second.public_hex, third.public_hex]
    assert all(hands_over(each) for each in third.history)
    assert not hands_over({**third.history[1], "key": first.public_hex})
    assert known_key(str(tmp_path / "keys" / "recorder.pub.pem")) == third.public_hex
    retired = sorted(path.name for path in (tmp_path / "keys" / "retired").iterdir())
    assert retired == sorted(f"{key.public_hex[:16]}.pem" for key in (first, second))


def test_a_key_of_another_kind_is_refused_with_its_place(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    load_or_make_key(tmp_path)
    other = Ed448PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "keys" / "recorder.pem").write_bytes(other)
    with pytest.raises(ValueError, match=r"recorder\.pem"):
        load_or_make_key(tmp_path)
