"""Whether the parts of a profile fit together: what is refused, and what is only warned of, with the numbers.

The way in binds as the way out does: ten delegates of 5 Mb/s are more than a site line of 30.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from config.costs import picture_bps
from config.profile import PicturePlan, Profile, RolePlan, WatchingPlan
from config.words import NOTHING, Words, number

DELEGATES = 10  # what a session is planned for
SMALLEST_WIDTH, SMALLEST_HEIGHT = 80, 45  # smaller pictures show nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault or warning; `path` is the key that is to be changed."""

    path: tuple[str, ...]
    value: object
    message: Words
    allowed: Words = NOTHING


def faults(profile: Profile) -> Iterator[Finding]:
    """What makes the profile wrong although each key is within its range."""
    seen: list[str] = []
    for index, codec in enumerate(profile.codecs):
        if codec in seen:
            yield _wrong(("codecs", str(index)), codec, "khác với các mục trước nó", "another than those before it")
        seen.append(codec)
    for role, plan in _roles(profile):
        yield from _minimum_fits(role, plan)
        if isinstance(plan, RolePlan):
            yield from _picture(("roles", role, "camera"), plan.camera)
            yield from _picture(("roles", role, "screen"), plan.screen)
            yield from _smallest_fits(role, plan)


def warnings(profile: Profile) -> Iterator[Finding]:
    """What the profile promises and cannot keep, or keeps otherwise than it looks."""
    for role, plan in _roles(profile):
        yield from _idle_caps(role, plan)
        yield from _small_minimum(role, plan, profile)
        if isinstance(plan, RolePlan):
            yield from _layers_fit(role, plan)
    yield from _way_in(profile)
    yield from _way_out(profile)


def _roles(profile: Profile) -> Iterator[tuple[str, WatchingPlan]]:
    roles = profile.roles
    yield from (("central", roles.central), ("delegate", roles.delegate), ("observer", roles.observer))


def _wrong(path: tuple[str, ...], value: object, vi: str, en: str, why: Words = NOTHING) -> Finding:
    because = Words(f" ({why.vi})", f" ({why.en})") if why.en else NOTHING
    message = Words(f"phải là {vi}{because.vi}", f"must be {en}{because.en}")
    return Finding(path=path, value=value, message=message, allowed=Words(vi, en))


# --- what is wrong ---


def _picture(path: tuple[str, ...], picture: PicturePlan) -> Iterator[Finding]:
    """Each layer larger than the one before it, under a name of its own, within what the camera gives."""
    layers = picture.layers
    for index, layer in enumerate(layers):
        here = (*path, "layers", str(index))
        if layer.max_framerate > picture.framerate:
            most = number(picture.framerate)
            why = Words("máy quay không cho nhiều hơn", "the picture has no more")
            value = layer.max_framerate
            yield _wrong((*here, "max_framerate"), value, f"nhiều nhất {most}", f"at most {most}", why)
        most_scale = max(1.0, min(picture.width / SMALLEST_WIDTH, picture.height / SMALLEST_HEIGHT))
        if layer.scale_down_by > most_scale:
            least = f"{SMALLEST_WIDTH} x {SMALLEST_HEIGHT}"
            why = Words(f"hình không nhỏ hơn {least}", f"no picture is smaller than {least}")
            limit, value_ = number(round(most_scale, 2)), layer.scale_down_by
            yield _wrong((*here, "scale_down_by"), value_, f"nhiều nhất {limit}", f"at most {limit}", why)
        if any(each.rid == layer.rid for each in layers[:index]):
            yield _wrong((*here, "rid"), layer.rid, "khác với các lớp trước", "another than those of the layers before")
        if index:
            yield from _rises(here, layers[index - 1].model_dump(), layer.model_dump())


def _rises(here: tuple[str, ...], before: dict[str, float], layer: dict[str, float]) -> Iterator[Finding]:
    why = Words("các lớp xếp từ nhỏ đến lớn", "layers stand lowest first")
    bitrate, frames, scale = "max_bitrate_bps", "max_framerate", "scale_down_by"
    if layer[bitrate] <= before[bitrate]:
        least = number(before[bitrate])
        yield _wrong((*here, bitrate), layer[bitrate], f"lớn hơn {least}", f"above {least}", why)
    if layer[frames] < before[frames]:
        least = number(before[frames])
        yield _wrong((*here, frames), layer[frames], f"ít nhất {least}", f"at least {least}", why)
    if layer[scale] > before[scale]:
        most = number(before[scale])
        yield _wrong((*here, scale), layer[scale], f"nhiều nhất {most}", f"at most {most}", why)


def _minimum_fits(role: str, plan: WatchingPlan) -> Iterator[Finding]:
    if plan.minimum_bps > plan.down_limit_bps:
        most = number(plan.down_limit_bps)
        why = Words("đường truyền và cap_down_bps chỉ cho chừng ấy", "line and cap_down_bps carry no more")
        path = ("roles", role, "minimum_bps")
        yield _wrong(path, plan.minimum_bps, f"nhiều nhất {most}", f"at most {most}", why)


def _smallest_fits(role: str, plan: RolePlan) -> Iterator[Finding]:
    """An endpoint that cannot send its voice and its smallest picture takes no part."""
    needed = plan.voice_bps + picture_bps(plan.camera.layers[0].max_bitrate_bps)
    if plan.up_limit_bps >= needed:
        return
    why = Words("tiếng nói và lớp hình nhỏ nhất cần chừng ấy", "the voice and the lowest layer take as much")
    if plan.cap_up_bps <= plan.line_up_bps * plan.media_share:
        key, value, least = "cap_up_bps", plan.cap_up_bps, number(needed)
    else:
        key, value, least = "line_up_bps", plan.line_up_bps, number(-int(-needed // plan.media_share))
    yield _wrong(("roles", role, key), value, f"ít nhất {least}", f"at least {least}", why)


# --- what is only warned of ---


def _idle_caps(role: str, plan: WatchingPlan) -> Iterator[Finding]:
    pairs = [("cap_down_bps", plan.cap_down_bps, "line_down_bps", plan.line_down_bps)]
    if isinstance(plan, RolePlan):
        pairs.append(("cap_up_bps", plan.cap_up_bps, "line_up_bps", plan.line_up_bps))
    for key, cap, line_key, line in pairs:
        limit = int(line * plan.media_share)
        if cap > limit:
            message = Words(
                f"không có tác dụng: {line_key} × media_share chỉ là {number(limit)}",
                f"has no effect: {line_key} × media_share is {number(limit)}",
            )
            yield Finding(path=("roles", role, key), value=cap, message=message)


def _small_minimum(role: str, plan: WatchingPlan, profile: Profile) -> Iterator[Finding]:
    other = profile.roles.delegate if role == "central" else profile.roles.central
    needed = other.voice_bps + picture_bps(other.camera.layers[0].max_bitrate_bps)
    if plan.minimum_bps < needed:
        message = Words(
            f"một tiếng nói và hình nhỏ nhất của một điểm cầu cần {number(needed)} bit/giây",
            f"one voice and the smallest picture of an endpoint take {number(needed)} bits/s",
        )
        yield Finding(path=("roles", role, "minimum_bps"), value=plan.minimum_bps, message=message)


def _layers_fit(role: str, plan: RolePlan) -> Iterator[Finding]:
    needed = plan.voice_bps + picture_bps(sum(layer.max_bitrate_bps for layer in plan.camera.layers))
    if needed > plan.up_limit_bps:
        message = Words(
            f"tiếng nói và mọi lớp hình cần {number(needed)} bit/giây, chỉ gửi được {number(plan.up_limit_bps)}: "
            "lớp cao nhất sẽ bị giảm hoặc tắt",
            f"the voice and all layers take {number(needed)} bits/s, only {number(plan.up_limit_bps)} may be sent: "
            "the highest layer is made smaller or left out",
        )
        yield Finding(path=("roles", role, "camera"), value={}, message=message)


def _way_in(profile: Profile) -> Iterator[Finding]:
    """What the centre and ten delegates may send together, under what the site's line takes in."""
    central, delegate = profile.roles.central.up_limit_bps, profile.roles.delegate.up_limit_bps
    total, limit = central + DELEGATES * delegate, profile.site.publish_limit_bps
    if total > limit:
        holds = max(0, limit - central) // delegate
        message = Words(
            f"trung tâm và {DELEGATES} đại biểu được gửi {number(central)} + {DELEGATES} × {number(delegate)} = "
            f"{number(total)} bit/giây, đường vào chỉ nhận {number(limit)} (down_bps × publish_share): đủ cho {holds} "
            "đại biểu; nhiều hơn thì phần của mỗi điểm cầu nhỏ lại",
            f"the centre and {DELEGATES} delegates may send {number(central)} + {DELEGATES} × {number(delegate)} = "
            f"{number(total)} bits/s, the line takes in {number(limit)} (down_bps × publish_share): enough for {holds} "
            "delegates; with more of them everybody's part becomes smaller",
        )
        yield Finding(path=("site", "down_bps"), value=profile.site.down_bps, message=message)


def _way_out(profile: Profile) -> Iterator[Finding]:
    """What the centre and ten delegates must be sent at least, under what the site's line may send."""
    central, delegate = profile.roles.central.minimum_bps, profile.roles.delegate.minimum_bps
    total, limit = central + DELEGATES * delegate, profile.site.send_limit_bps
    if total > limit:
        holds = max(0, limit - central) // delegate
        message = Words(
            f"mức tối thiểu của trung tâm và {DELEGATES} đại biểu là {number(central)} + {DELEGATES} × "
            f"{number(delegate)} = {number(total)} bit/giây, đường ra chỉ gửi được {number(limit)} (up_bps × "
            f"media_share): đủ cho {holds} đại biểu",
            f"the centre and {DELEGATES} delegates must be sent {number(central)} + {DELEGATES} × {number(delegate)} = "
            f"{number(total)} bits/s, the line sends {number(limit)} (up_bps × media_share): enough for {holds} "
            "delegates",
        )
        yield Finding(path=("site", "up_bps"), value=profile.site.up_bps, message=message)
