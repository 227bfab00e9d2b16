"""Who is asked into the consultation room, and who acknowledged what."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from reception.consultation import Consultation
from reception.notices import Notices

WITH_A = Consultation().invite("a", host="h").enter("a")


@pytest.mark.parametrize(
    ("change", "invited", "members"),
    [
        (lambda c: c, (), ("h", "a")),
        (lambda c: c.invite("b", host="h"), ("b",), ("h", "a")),
        (lambda c: c.invite("b", host="h").invite("b", host="h"), ("b",), ("h", "a")),
        (lambda c: c.invite("a", host="h"), (), ("h", "a")),
        (lambda c: c.enter("x"), (), ("h", "a")),
        (lambda c: c.invite("b", host="h").enter("b"), (), ("h", "a", "b")),
        (lambda c: c.invite("b", host="h").leave("b", host=False), (), ("h", "a")),
        (lambda c: c.leave("a", host=False), (), ("h",)),
        (lambda c: c.invite("b", host="h").leave("h", host=True), (), ()),
    ],
)
def test_the_consultation_room(
    change: Callable[[Consultation], Consultation], invited: tuple[str, ...], members: tuple[str, ...]
) -> None:
    found = change(WITH_A)
    assert (found.invited, found.members) == (invited, members)


def test_an_acknowledgement_counts_for_the_version_that_was_read() -> None:
    now = datetime(2026, 11, 30, tzinfo=UTC)
    notices = Notices().put("a", name="Nguyễn Văn An", place="Xã 1", version="2", now=now)
    found = notices.of("a", version="2")
    assert found is not None
    assert (found.name, found.place, found.at) == ("Nguyễn Văn An", "Xã 1", now)
    assert notices.of("a", version="3") is None
    assert notices.of("b", version="2") is None
