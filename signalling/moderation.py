"""The steps that operators' actions are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfu.types import EndpointId, Source
from signalling import messages as m

if TYPE_CHECKING:
    from signalling.conference import Conference
    from signalling.seat import Seat


async def change_seat(conference: Conference, seat: Seat, **changes: bool) -> None:
    """Set an endpoint's switches and put them into force."""
    record = await conference.services.store.change_endpoint(seat.record.id, **changes)
    conference.seat_for(record)


async def silence(conference: Conference, seat: Seat, **more: bool) -> None:
    """Microphone off, at the endpoint too where there is a page; `more`: further switches, as `locked`."""
    if seat.connection is not None:
        more["microphone"] = False
    seat.asked.discard("microphone")
    await change_seat(conference, seat, muted=True, **more)
    seat.send(m.ForceMedia(source="microphone", enabled=False, locked=seat.record.locked))


async def put_audio_only(conference: Conference, seat: Seat, *, on: bool) -> None:
    """No pictures to and from an endpoint, whatever its page does; voices stay."""
    room = conference.room
    await room.keep(modes=room.parts.modes.put_audio_only(seat.record.id, on=on))
    conference.seat_for(seat.record)
    conference.media.set_view(EndpointId(seat.record.id), [])
    conference.roster_changed()


async def put_wide(conference: Conference, seat: Seat, *, on: bool) -> None:
    """Which of an endpoint's two cameras the others see."""
    room = conference.room
    await room.keep(modes=room.parts.modes.put_wide(seat.record.id, on=on))
    conference.seat_for(seat.record)


async def set_spotlight(conference: Conference, endpoint_id: str | None) -> None:
    """Put an endpoint on everybody's stage; None: who speaks."""
    if conference.record.spotlight == endpoint_id:
        return
    await conference.services.store.change_session(conference.record.id, spotlight=endpoint_id)
    conference.record = await conference.services.store.session(conference.record.id)
    conference.broadcast(conference.speaker_message())


async def close_seat(conference: Conference, seat: Seat) -> None:
    """Nothing comes from the endpoint nor goes to it any more, until it makes a connection anew."""
    seat.screen = False
    conference.media.set_enabled(EndpointId(seat.record.id), Source.SCREEN, False)
    for viewer in list(seat.extra.values()):
        viewer.session.remove_peer(viewer)
    conference.drop_peer(seat)
    if conference.record.spotlight == seat.record.id:
        await set_spotlight(conference, None)
    conference.roster_changed()
