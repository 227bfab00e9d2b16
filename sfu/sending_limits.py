"""What an endpoint is told to send: the voice's rate and every encoding of its pictures (pure).

Encodings that were offered beyond those of the plan stay switched off; they are offered so that another plan may use
them later without a new offer.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bandwidth.publishing import fit_picture
from config.profile import MAX_LAYERS, LayerPlan, PicturePlan, RolePlan, WatchingPlan
from sfu.types import Source

SINGLE = ""  # the rid of a picture that is sent without simulcast


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingLimit:
    """One encoding, as RTCRtpEncodingParameters has it."""

    rid: str
    active: bool
    max_bitrate_bps: int
    max_framerate: int
    scale_down_by: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureLimits:
    """A camera or a screen."""

    source: Source
    width: int
    height: int
    framerate: int
    encodings: tuple[EncodingLimit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingLimits:
    """The whole. `audio_bps` 0: nothing is sent at all. `cap_bps`: everything together, on the line."""

    cap_bps: int
    audio_bps: int
    pictures: tuple[PictureLimits, ...]


def offered_rids(plan: PicturePlan) -> tuple[str, ...]:
    """The rids that an endpoint offers: the plan's, and names for as many more as any plan may have."""
    rids = [layer.rid for layer in plan.layers]
    spare = (f"x{index}" for index in range(2 * MAX_LAYERS))
    while len(rids) < MAX_LAYERS:
        rids.append(next(name for name in spare if name not in rids))
    return tuple(rids)


def picture_limits(
    source: Source, planned: PicturePlan, layers: Sequence[LayerPlan | None], rids: Sequence[str]
) -> PictureLimits:
    """The limits of a picture.

    planned: as the profile has it. layers: what may be sent of it, lowest first, None: not now. rids: as offered, none
    without simulcast.
    """
    encodings = []
    for index, rid in enumerate(rids or (SINGLE,)):
        layer = layers[index] if index < len(layers) else None
        asked = layer or planned.layers[min(index, len(planned.layers) - 1)]
        encodings.append(
            EncodingLimit(
                rid=rid,
                active=layer is not None,
                max_bitrate_bps=asked.max_bitrate_bps,
                max_framerate=asked.max_framerate,
                scale_down_by=asked.scale_down_by,
            )
        )
    return PictureLimits(
        source=source,
        width=planned.width,
        height=planned.height,
        framerate=planned.framerate,
        encodings=tuple(encodings),
    )


def keep_running(
    limits: SendingLimits, before: SendingLimits, followed: Collection[tuple[Source, str]]
) -> SendingLimits:
    """The limits, but for encodings that are to stop and are still `followed`: those go on as before."""
    ran = {(picture.source, each.rid): each for picture in before.pictures for each in picture.encodings if each.active}
    return replace(
        limits,
        pictures=tuple(
            replace(
                picture,
                encodings=tuple(
                    ran.get((picture.source, each.rid), each)
                    if not each.active and (picture.source, each.rid) in followed
                    else each
                    for each in picture.encodings
                ),
            )
            for picture in limits.pictures
        ),
    )


def limits_to_offer(plan: WatchingPlan) -> SendingLimits:
    """For an endpoint that has offered nothing yet; nothing for one whose role does not send."""
    if not isinstance(plan, RolePlan):
        return SendingLimits(cap_bps=0, audio_bps=0, pictures=())
    room = plan.up_limit_bps - plan.voice_bps
    return SendingLimits(
        cap_bps=plan.up_limit_bps,
        audio_bps=plan.audio_bitrate_bps,
        pictures=tuple(
            picture_limits(source, picture, fit_picture(picture, room).layers, offered_rids(picture))
            for source, picture in ((Source.CAMERA, plan.camera), (Source.SCREEN, plan.screen))
        ),
    )
