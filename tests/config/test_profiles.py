"""Bandwidth profiles: the product's are right and documented, wrong ones are refused where they are wrong."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from config.allowed import allowed, schema_at
from config.profile import Profile, load_profile, profile_names, shipped_text
from config.profile_text import check_profile
from config.toml_text import key_lines

GOOD = shipped_text("30-5")
DELEGATE = GOOD.index("[roles.delegate]")


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_of_the_product_is_right_and_keeps_what_it_promises(name: str) -> None:
    checked = check_profile(shipped_text(name), source=name, name=name)
    assert checked.problems == ()
    assert checked.warnings == ()


@pytest.mark.parametrize("name", profile_names())
def test_every_key_has_its_range_and_a_comment_in_the_file(name: str) -> None:
    text = shipped_text(name)
    lines, schema = text.splitlines(), Profile.model_json_schema()
    checked = 0
    for path, number in key_lines(text).items():
        line = lines[number - 1]
        node = schema_at(schema, path)
        assert node is not None, path
        if line.startswith("["):
            continue
        _, mark, comment = line.partition(" # ")
        assert mark, line
        for bound in ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"):
            if bound in node:
                assert f"{node[bound]:g}" in comment.replace("_", "").replace("1e+10", "10000000000") or (
                    f"{node[bound]:.0f}" in comment.replace("_", "")
                ), (line, bound)
        if node.get("type") == "boolean":
            assert "true or false" in comment
        if "unit" in node and node["unit"][1] == "bits/s":
            assert "bits/s" in comment
        checked += 1
    assert checked > 80


def leaves(table: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for index, each in enumerate(value):
                yield from leaves(each, (*path, key, str(index)))
        else:
            yield (*path, key)


@pytest.mark.parametrize("name", profile_names())
def test_a_file_has_every_key_there_is(name: str) -> None:
    found = load_profile(name).model_dump(mode="json")
    assert set(leaves(tomllib.loads(shipped_text(name)))) == set(leaves(found))


def test_the_product_has_the_plans_profiles() -> None:
    plan, mountain = load_profile("30-5"), load_profile("mien-nui").roles.delegate
    assert plan.site.up_bps == plan.roles.central.line_up_bps == 30_000_000
    assert plan.roles.delegate.line_down_bps == plan.roles.delegate.line_up_bps == 5_000_000
    assert (mountain.line_up_bps, mountain.line_down_bps) == (600_000, 2_000_000)


def test_ten_delegates_and_the_centre_are_let_send_no_more_than_the_site_takes_in() -> None:
    profile = load_profile("30-5")
    together = profile.roles.central.up_limit_bps + 10 * profile.roles.delegate.up_limit_bps
    assert together <= profile.site.publish_limit_bps == 28_500_000


def change(text: str, old: str, new: str, *, after: int = 0) -> tuple[str, int]:
    """The text with the first line beginning with `old` after a position replaced, and that line's number."""
    place = re.compile(rf"^{re.escape(old)}.*$", re.MULTILINE).search(text, after)
    assert place is not None, old
    return text[: place.start()] + new + text[place.end() :], text.count("\n", 0, place.start()) + 1


BITS = "a whole number from 64_000 to 10_000_000_000 bits/s"
SHARE = "a number from 0.3 to 0.95 of the line"
CAMERA = "roles.delegate.camera"
LAYER = f"{CAMERA}.layers.1"


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "allowed_"),
    [
        # one key out of its range
        ("line_up_bps", "line_up_bps = 63_999", "roles.delegate.line_up_bps", "63999", BITS),
        ("line_up_bps", "line_up_bps = 10_000_000_001", "roles.delegate.line_up_bps", "10000000001", BITS),
        ("line_down_bps", "line_down_bps = -1", "roles.delegate.line_down_bps", "-1", BITS),
        ("media_share", "media_share = 1.8", "roles.delegate.media_share", "1.8", SHARE),
        ("media_share", "media_share = 0.2", "roles.delegate.media_share", "0.2", SHARE),
        ("media_share", "media_share = nan", "roles.delegate.media_share", "NaN", SHARE),
        ("media_share", "media_share = inf", "roles.delegate.media_share", "Infinity", SHARE),
        ("cap_up_bps", "cap_up_bps = 0", "roles.delegate.cap_up_bps", "0", BITS),
        ("cap_down_bps", "cap_down_bps = 0", "roles.delegate.cap_down_bps", "0", BITS),
        ("minimum_bps", "minimum_bps = 1", "roles.delegate.minimum_bps", "1", BITS),
        (
            "audio_bitrate_bps",
            "audio_bitrate_bps = 5_999",
            "roles.delegate.audio_bitrate_bps",
            "5999",
            "a whole number from 6000 to 256_000 bits/s",
        ),
        ("stage", "stage = 100.5", "roles.delegate.weights.stage", "100.5", "a number from 0 to 100"),
        ("width", "width = 159", f"{CAMERA}.width", "159", "a whole number from 160 to 3840 pixels"),
        ("height", "height = 2161", f"{CAMERA}.height", "2161", "a whole number from 90 to 2160 pixels"),
        ("framerate", "framerate = 61", f"{CAMERA}.framerate", "61", "a whole number from 1 to 60 pictures a second"),
        ("scale_down_by", "scale_down_by = 0.5", f"{CAMERA}.layers.0.scale_down_by", "0.5", "a number from 1 to 16"),
        (
            "max_bitrate_bps",
            "max_bitrate_bps = 19_999",
            f"{CAMERA}.layers.0.max_bitrate_bps",
            "19999",
            "a whole number from 20_000 to 50_000_000 bits/s",
        ),
        ("rid", 'rid = "q_1"', f"{CAMERA}.layers.0.rid", '"q_1"', "1 to 16 letters and digits"),
        # of another kind
        ("line_up_bps", 'line_up_bps = "5000000"', "roles.delegate.line_up_bps", '"5000000"', BITS),
        ("line_up_bps", "line_up_bps = 5e6", "roles.delegate.line_up_bps", "5000000.0", BITS),
        ("line_up_bps", "line_up_bps = true", "roles.delegate.line_up_bps", "true", BITS),
        ("line_up_bps", "line_up_bps = 2026-01-01", "roles.delegate.line_up_bps", '"2026-01-01"', BITS),
        ("media_share", "media_share = '0.8'", "roles.delegate.media_share", '"0.8"', SHARE),
        ("audio_red", "audio_red = 1", "roles.delegate.audio_red", "1", "true or false"),
        ("audio_fec", 'audio_fec = "yes"', "roles.delegate.audio_fec", '"yes"', "true or false"),
        # names
        ("audio_red", "audio_rde = true", "roles.delegate.audio_rde", "true", "did you mean audio_red?"),
        ("cap_up_bps", "cap_up = 3", "roles.delegate.cap_up", "3", "did you mean cap_up_bps?"),
        ("stage", "stge = 3", "roles.delegate.weights.stge", "3", "did you mean stage?"),
        ("[roles.delegate.weights]", "[roles.delegate.wieghts]", "roles.delegate.wieghts", "", "did you mean weights?"),
        ("max_framerate", "maxframes = 3", f"{CAMERA}.layers.0.maxframes", "3", "did you mean max_framerate?"),
        ("width", "xyz = 3", f"{CAMERA}.xyz", "3", "here there are: width, height, framerate, layers"),
    ],
)
def test_a_wrong_key_is_refused_with_line_key_value_and_what_is_allowed(
    old: str, new: str, key: str, value: str, allowed_: str
) -> None:
    text, line = change(GOOD, old, new, after=DELEGATE)
    checked = check_profile(text, source="p.toml")
    assert checked.profile is None
    found = [each for each in checked.problems if each.key == key]
    assert len(found) == 1, checked.problems
    problem = found[0]
    assert (problem.line, problem.value) == (line, value)
    assert allowed_ in f"{problem.allowed.en} {problem.message.en}"
    assert str(problem).startswith(f"p.toml:{line}: {key}")
    assert problem.message.vi != problem.message.en


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("name", 'name = "30_5"', "name", "letters a to z, digits and -"),
        ("name", 'name = "../../etc"', "name", "letters a to z, digits and -"),
        ("name", f'name = "{"a" * 41}"', "name", "40 at most"),
        ("vi = ", 'vi = ""', "title.vi", "1 to 80 characters"),
        ("codecs", 'codecs = ["VP8", "H265"]', "codecs.1", 'one of "VP8", "H264", "VP9", "AV1"'),
        ("codecs", "codecs = []", "codecs", "a list of 1 to 4"),
        ("codecs", 'codecs = "VP8"', "codecs", "a list of 1 to 4"),
        ("codecs", 'codecs = ["VP8", "VP8"]', "codecs.1", "another than those before it"),
        ("publish_share", "publish_share = 1.0", "site.publish_share", SHARE),
        ("up_bps", "up_bps = 30", "site.up_bps", BITS),
        ("[title]", "[titel]", "titel", "did you mean title?"),
        ("[site]", "[roles.site]", "roles.site", "here there are: central, delegate, observer"),
        ("[roles.observer]", "[roles.guest]", "roles.guest", "here there are: central, delegate, observer"),
    ],
)
def test_what_is_wrong_outside_the_roles_is_refused_too(old: str, new: str, key: str, says: str) -> None:
    text, line = change(GOOD, old, new)
    problem = next(each for each in check_profile(text, source="p.toml").problems if each.key == key)
    assert problem.line == line
    assert says in f"{problem.allowed.en} {problem.message.en}"


@pytest.mark.parametrize(
    ("gone", "key", "table"),
    [
        ("line_up_bps", "roles.delegate.line_up_bps", "[roles.delegate]"),
        ("audio_fec", "roles.delegate.audio_fec", "[roles.delegate]"),
        ("screen = ", "roles.delegate.weights.screen", "[roles.delegate.weights]"),
        ("rid", f"{CAMERA}.layers.0.rid", "[[roles.delegate.camera.layers]]"),
    ],
)
def test_a_key_that_is_missing_is_named_with_its_table_and_what_it_may_be(gone: str, key: str, table: str) -> None:
    text, _ = change(GOOD, gone, "", after=DELEGATE)
    (problem,) = check_profile(text, source="p.toml").problems
    assert problem.key == key
    assert text.splitlines()[problem.line - 1].startswith(table)
    assert problem.message.en.startswith("this key is missing; it must be ")
    assert problem.allowed.en in problem.message.en


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("name = \n", 1),
        (GOOD + "\n[site]\nup_bps = 3\n", GOOD.count("\n") + 2),
        ("name = 'x'\n\x00", 2),
        ("name == 'x'\n", 1),
        ("[[[\n", 1),
    ],
)
def test_what_is_not_toml_is_refused_with_its_line(text: str, line: int) -> None:
    (problem,) = check_profile(text, source="p.toml").problems
    assert (problem.key, problem.line) == ("(syntax)", line)


def test_an_empty_file_lacks_every_table() -> None:
    assert {each.key for each in check_profile("", source="p").problems} == {"name", "title", "codecs", "site", "roles"}


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        # layers rise
        ([("max_bitrate_bps = 450_000", "max_bitrate_bps = 120_000")], f"{LAYER}.max_bitrate_bps", "above 120_000"),
        ([("max_bitrate_bps = 450_000", "max_bitrate_bps = 90_000")], f"{LAYER}.max_bitrate_bps", "above 120_000"),
        ([("scale_down_by = 2.0", "scale_down_by = 8.0")], f"{LAYER}.scale_down_by", "at most 4"),
        ([("max_framerate = 25", "max_framerate = 5")], f"{LAYER}.max_framerate", "at least 15"),
        ([('rid = "h"', 'rid = "q"')], f"{LAYER}.rid", "another than those of the layers before"),
        ([("framerate = 25", "framerate = 20")], f"{LAYER}.max_framerate", "at most 20"),
        ([("scale_down_by = 4.0", "scale_down_by = 16.0"), ("width = 1280", "width = 640")],
         f"{CAMERA}.layers.0.scale_down_by", "at most 8"),
        # lines hold what they must
        ([("minimum_bps = 600_000", "minimum_bps = 4_000_001")], "roles.delegate.minimum_bps", "at most 4_000_000"),
        ([("cap_down_bps = 4_000_000", "cap_down_bps = 599_999")], "roles.delegate.minimum_bps", "at most 599_999"),
        ([("cap_up_bps = 2_400_000", "cap_up_bps = 235_000")], "roles.delegate.cap_up_bps", "at least 236_000"),
        ([("line_up_bps = 5_000_000", "line_up_bps = 250_000")], "roles.delegate.line_up_bps", "at least 295_000"),
    ],
)  # fmt: skip
def test_keys_that_do_not_fit_together_are_refused(changes: list[tuple[str, str]], key: str, says: str) -> None:
    text = GOOD
    for old, new in changes:
        text, _ = change(text, old, new, after=DELEGATE)
    found = [each for each in check_profile(text, source="p.toml").problems if each.key == key]
    assert found
    assert says in found[0].message.en
    assert says in found[0].allowed.en
    name = key.rpartition(".")[2]
    assert text.splitlines()[found[0].line - 1].startswith(name)


def warned(*changes: tuple[str, str], after: int = DELEGATE) -> dict[str, str]:
    text = GOOD
    for old, new in changes:
        text, _ = change(text, old, new, after=after)
    checked = check_profile(text, source="p.toml")
    assert checked.problems == ()
    return {each.key: each.message.en for each in checked.warnings}


def test_delegates_that_may_send_more_than_the_site_takes_in_are_warned_of_with_numbers() -> None:
    found = warned(("cap_up_bps", "cap_up_bps = 4_000_000"))
    assert "4_000_000 + 10 × 4_000_000 = 44_000_000 bits/s" in found["site.down_bps"]
    assert "takes in 28_500_000" in found["site.down_bps"]
    assert "enough for 6 delegates" in found["site.down_bps"]


def test_minima_that_the_site_cannot_send_to_ten_are_warned_of_with_numbers() -> None:
    found = warned(("minimum_bps", "minimum_bps = 3_000_000"))
    assert "600_000 + 10 × 3_000_000 = 30_600_000 bits/s" in found["site.up_bps"]
    assert "sends 24_000_000" in found["site.up_bps"]
    assert "enough for 7 delegates" in found["site.up_bps"]


def test_a_site_that_is_smaller_says_how_many_it_holds() -> None:
    found = warned(("up_bps", "up_bps = 5_000_000"), ("down_bps", "down_bps = 10_000_000"), after=0)
    assert "enough for 2 delegates" in found["site.down_bps"]
    assert "enough for 5 delegates" in found["site.up_bps"]


def test_a_cap_above_the_line_has_no_effect_and_says_so() -> None:
    found = warned(("cap_down_bps", "cap_down_bps = 4_000_001"))
    assert found == {"roles.delegate.cap_down_bps": "has no effect: line_down_bps × media_share is 4_000_000"}


def test_layers_that_do_not_fit_the_way_up_are_warned_of() -> None:
    found = warned(("cap_up_bps", "cap_up_bps = 1_000_000"))
    assert "only 1_000_000 may be sent" in found["roles.delegate.camera"]


def test_a_minimum_without_a_voice_and_a_picture_is_warned_of() -> None:
    found = warned(("minimum_bps", "minimum_bps = 100_000"))
    assert "one voice and the smallest picture of an endpoint take 236_000" in found["roles.delegate.minimum_bps"]


def test_a_mark_that_windows_puts_before_the_text_is_no_fault() -> None:
    assert check_profile("\ufeff" + GOOD, source="p").problems == ()


def test_a_file_must_bear_its_own_name() -> None:
    (problem,) = check_profile(GOOD, source="x.toml", name="x").problems
    assert (problem.key, problem.value) == ("name", '"30-5"')
    assert 'must be "x"' in problem.message.en


def test_lines_are_found_for_quoted_and_dotted_keys_and_inline_layers() -> None:
    text = '"name" = 5\nroles.delegate."line_up_bps" = 1\n[site]\n"up_bps" = 1\n'
    lines = {each.key: each.line for each in check_profile(text, source="p").problems}
    assert (lines["name"], lines["roles.delegate.line_up_bps"], lines["site.up_bps"]) == (1, 2, 4)


def test_every_number_can_be_put_into_words() -> None:
    schema = Profile.model_json_schema()
    for path in leaves(load_profile("30-5").model_dump(mode="json")):
        node = schema_at(schema, path)
        assert node is not None
        assert all(allowed(node)), path
