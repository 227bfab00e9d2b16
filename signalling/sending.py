"""From what an endpoint may send to the message that tells its page."""

from __future__ import annotations

from config.profile import Profile, RolePlan, WatchingPlan
from sfu.sending_limits import PictureLimits, SendingLimits, limits_to_offer
from sfu.types import Source
from signalling import messages as m

NO_PICTURE = m.PicturePlan(width=0, height=0, framerate=0, encodings=[])


def sending_plan(plan: WatchingPlan, profile: Profile, limits: SendingLimits | None) -> m.SendingPlan:
    """The message. `profile`: the session's, whose codecs count. `limits`: of the endpoint's connection, None before it
    has one; what that did not offer is as the plan has it.
    """
    offered = limits_to_offer(plan)
    pictures = {each.source: each for each in (*offered.pictures, *(limits.pictures if limits else ()))}
    now = limits or offered
    return m.SendingPlan(
        cap_bps=now.cap_bps,
        camera=_picture(pictures.get(Source.CAMERA)),
        camera2=_picture(pictures.get(Source.CAMERA2)),
        screen=_picture(pictures.get(Source.SCREEN)),
        audio_bitrate_bps=now.audio_bps,
        audio_red=isinstance(plan, RolePlan) and plan.audio_red,
        codecs=list(profile.codecs),
    )


def _picture(limits: PictureLimits | None) -> m.PicturePlan:
    if limits is None:
        return NO_PICTURE
    return m.PicturePlan(
        width=limits.width,
        height=limits.height,
        framerate=limits.framerate,
        encodings=[
            m.LayerEncoding(
                rid=each.rid,
                active=each.active,
                max_bitrate_bps=each.max_bitrate_bps,
                max_framerate=each.max_framerate,
                scale_down_by=each.scale_down_by,
            )
            for each in limits.encodings
        ],
    )
