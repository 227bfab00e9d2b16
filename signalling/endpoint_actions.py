"""What an operator does with one endpoint."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from signalling import floor, lobby
from signalling import messages as m
from signalling.conference import Conference
from signalling.moderation import change_seat, put_audio_only, put_wide, set_spotlight, silence
from signalling.seat import Seat
from signalling.views import EndpointAction


async def _mute(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await silence(conference, seat)


async def _unmute(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await floor.unmute(conference, seat)


async def _lock(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await silence(conference, seat, locked=True)


async def _unlock(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await change_seat(conference, seat, locked=False)
    seat.send(m.ForceMedia(source="microphone", enabled=not seat.record.muted, locked=False))


async def _camera_off(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await change_seat(conference, seat, camera_off=True)
    seat.send(m.ForceMedia(source="camera", enabled=False, locked=False))


async def _ask_camera(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await change_seat(conference, seat, camera_off=False)
    floor.ask(conference, seat, "camera")


async def _spotlight(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await set_spotlight(conference, seat.record.id)


async def _unspotlight(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    if conference.record.spotlight == seat.record.id:
        await set_spotlight(conference, None)


async def _remove(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await lobby.remove(conference, seat)


async def _admit(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await lobby.admit(conference, [seat])


async def _hold(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await lobby.hold(conference, seat)


async def _call(conference: Conference, seat: Seat, wishes: EndpointAction) -> None:
    await floor.call(conference, seat, minutes=wishes.minutes)


async def _raise_hand(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await floor.raise_hand(conference, seat)


async def _lower_hand(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await floor.lower_hand(conference, seat)


async def _audio_only(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await put_audio_only(conference, seat, on=True)


async def _with_pictures(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await put_audio_only(conference, seat, on=False)


async def _wide_camera(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await put_wide(conference, seat, on=True)


async def _main_camera(conference: Conference, seat: Seat, _: EndpointAction) -> None:
    await put_wide(conference, seat, on=False)


ACTIONS: dict[str, Callable[[Conference, Seat, EndpointAction], Awaitable[None]]] = {
    "admit": _admit,
    "hold": _hold,
    "call": _call,
    "raise_hand": _raise_hand,
    "lower_hand": _lower_hand,
    "mute": _mute,
    "unmute": _unmute,
    "lock": _lock,
    "unlock": _unlock,
    "camera_off": _camera_off,
    "ask_camera": _ask_camera,
    "audio_only": _audio_only,
    "with_pictures": _with_pictures,
    "wide_camera": _wide_camera,
    "main_camera": _main_camera,
    "spotlight": _spotlight,
    "unspotlight": _unspotlight,
    "remove": _remove,
}
