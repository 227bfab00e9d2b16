"""Profiles are looked up by name and by nothing else; a wrong one is not stored."""

import os
from pathlib import Path

import pytest

from config.library import MAX_BYTES, ProfileLibrary, ShippedProfile
from config.problems import ConfigError
from config.profile import profile_names, shipped_text


def own(name: str, text: str = "") -> str:
    return (text or shipped_text("30-5")).replace('name = "30-5"', f'name = "{name}"')


@pytest.fixture
def library(tmp_path: Path) -> ProfileLibrary:
    return ProfileLibrary(tmp_path / "profiles")


def test_without_a_directory_there_are_the_products(library: ProfileLibrary) -> None:
    assert library.names() == list(profile_names()) == ["30-5", "50-5", "mang-rieng", "mien-nui"]
    assert library.load("mien-nui").name == "mien-nui"


def test_a_profile_is_stored_listed_and_read_as_it_was_written(library: ProfileLibrary) -> None:
    text = own("xa-a") + "# của xã A\n"
    library.store("xa-a", text)
    assert library.names()[-1] == "xa-a"
    found = library.text("xa-a")
    assert (found.text, found.shipped) == (text, False)
    assert library.load("xa-a").roles.delegate.line_up_bps == 5_000_000
    assert [path.name for path in library.directory.iterdir()] == ["xa-a.toml"]


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "x.toml", "a/b", "a\\b", "..", ".", "", "X", "x y", "x\n", "x\x00", "ô", "a" * 41, "-x"]
)
def test_nothing_but_a_name_is_looked_up_or_stored(library: ProfileLibrary, name: str) -> None:
    library.directory.mkdir()
    (library.directory.parent / "x.toml").write_text(own("x"))
    for use in (library.text, library.load, lambda each: library.store(each, own("x"))):
        with pytest.raises(ConfigError, match="there is no such profile; there are: 30-5"):
            use(name)
    assert library.stamp(name) is None
    assert list(library.directory.iterdir()) == []


def test_a_wrong_profile_is_not_stored_and_the_one_before_stays(library: ProfileLibrary) -> None:
    library.store("x", own("x"))
    before = library.text("x").text
    with pytest.raises(ConfigError, match=r"x\.toml:.*media_share = 1\.8"):
        library.store("x", own("x").replace("media_share = 0.8 ", "media_share = 1.8 "))
    with pytest.raises(ConfigError, match='must be "x"'):
        library.store("x", own("y"))
    with pytest.raises(ConfigError, match="more than 100000 bytes"):
        library.store("x", own("x") + "#" + "ô" * (MAX_BYTES // 2))
    assert library.text("x").text == before
    assert [path.name for path in library.directory.iterdir()] == ["x.toml"]


def test_a_profile_of_the_product_is_not_overwritten_nor_hidden(library: ProfileLibrary) -> None:
    with pytest.raises(ShippedProfile):
        library.store("30-5", shipped_text("30-5"))
    library.directory.mkdir()
    (library.directory / "30-5.toml").write_text(shipped_text("30-5").replace("30_000_000", "1_000_000"))
    assert library.names() == list(profile_names())
    assert library.load("30-5").site.up_bps == 30_000_000


def test_what_lies_in_the_directory_under_another_kind_of_name_is_left_alone(library: ProfileLibrary) -> None:
    library.directory.mkdir()
    for name in ("Xã.toml", "a b.toml", "x.txt", ".x.toml"):
        (library.directory / name).write_text(own("x"))
    (library.directory / "folder.toml").mkdir()
    assert library.names() == list(profile_names())


def test_a_file_that_is_no_text_or_too_large_is_refused_with_its_place(library: ProfileLibrary) -> None:
    library.directory.mkdir()
    (library.directory / "x.toml").write_bytes(b"\xff\xfe")
    (library.directory / "y.toml").write_text("#" * (MAX_BYTES + 1))
    with pytest.raises(ConfigError, match=r"x\.toml: \(file\): .*cannot be read"):
        library.load("x")
    with pytest.raises(ConfigError, match="more than 100000 bytes"):
        library.load("y")


def test_a_byte_order_mark_and_windows_lines_are_no_fault(library: ProfileLibrary) -> None:
    library.directory.mkdir()
    (library.directory / "x.toml").write_bytes(b"\xef\xbb\xbf" + own("x").replace("\n", "\r\n").encode())
    assert library.load("x").name == "x"


def test_the_stamp_changes_with_the_file(library: ProfileLibrary) -> None:
    assert library.stamp("x") is None
    library.store("x", own("x"))
    before = library.stamp("x")
    assert before == library.stamp("x") is not None
    library.store("x", own("x"))
    assert library.stamp("x") != before
    os.unlink(library.directory / "x.toml")
    assert library.stamp("x") is None
