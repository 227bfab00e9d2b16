"""What one peer receives: its slots, the outgoing streams behind them, and the subscriptions that fill them."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bandwidth.limits import Limit
from sfu.audio_subscription import AudioSubscription
from sfu.description import ReceivingSection, RemoteDescription
from sfu.drops import Drops
from sfu.outgoing_stream import OutgoingStream
from sfu.publication import Publication
from sfu.sender import Sender
from sfu.slots import SlotFacts, SlotMap, SlotState, SlotTable
from sfu.subscription import VideoSubscription
from sfu.types import EndpointId, Mid, PublicationId, Source
from sfu.vp8_rewriter import Vp8Rewriter

if TYPE_CHECKING:
    from sfu.native.forwarding import FastPath

FLOWING_S = 1.0
NOTABLY = 1.3  # a window that is dragged a little larger is no other wish


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewWant:
    """What a page shows of a source, in physical pixels; width 0: nothing. `place`: stage, thumbnail or screen."""

    endpoint_id: EndpointId
    source: Source
    width: int
    height: int
    place: str = "thumbnail"


Subscription = VideoSubscription | AudioSubscription


class ReceivingSide:
    """One peer's receiving half."""

    def __init__(
        self,
        endpoint_id: EndpointId,
        remote: RemoteDescription,
        sender: Sender,
        drops: Drops,
        fast_path: FastPath | None = None,
    ) -> None:
        self.endpoint_id = endpoint_id
        self.subscriptions: dict[PublicationId, Subscription] = {}
        self.by_ssrc: dict[int, Subscription] = {}
        self.slots = SlotTable(len(remote.slots))
        self.only: EndpointId | None = None
        self.outgoing: dict[Mid, OutgoingStream] = {}
        self._remote = remote
        self._sender = sender
        self._drops = drops
        self._fast_path = fast_path
        self._rewriters: dict[Mid, Vp8Rewriter] = {}
        self._wants: dict[tuple[EndpointId, Source], ViewWant] | None = None
        for section in remote.receiving:
            self._open(section)

    def _open(self, section: ReceivingSection) -> None:
        slots = enumerate(self._remote.slots)
        name = next((f"slot{index}" for index, slot in slots if section.mid in (slot.audio, slot.video)), "screen")
        self.outgoing[section.mid] = OutgoingStream(
            section,
            cname=f"{self._remote.cname}-{name}",
            first_sequence=1 + secrets.randbelow(1 << 15),
            first_rtx_sequence=secrets.randbelow(1 << 15),
            fast_path=self._fast_path,
            line=self._sender.line,
        )
        self._rewriters[section.mid] = Vp8Rewriter(self.outgoing[section.mid].pictures)

    @property
    def videos(self) -> list[VideoSubscription]:
        """The video subscriptions."""
        return [each for each in self.subscriptions.values() if isinstance(each, VideoSubscription)]

    def set_view(self, wants: Iterable[ViewWant]) -> list[PublicationId]:
        """What the page shows now, whole; what is not named is not shown. Returns what is shown otherwise now.

        What is shown twice, on the stage and as a thumbnail, counts by its larger picture.
        """
        ordered = sorted(wants, key=lambda want: want.width * want.height)
        self._wants = {(want.endpoint_id, want.source): want for want in ordered}
        changed = []
        for subscription in self.videos:
            pixels, place = subscription.wanted_pixels, subscription.place
            self._apply_view(subscription)
            larger = subscription.wanted_pixels > NOTABLY * pixels or pixels > NOTABLY * subscription.wanted_pixels
            if larger or place != subscription.place:
                changed.append(subscription.publication.id)
        return changed

    def _apply_view(self, subscription: VideoSubscription) -> None:
        if self._wants is None:
            return
        publication = subscription.publication
        source = Source.CAMERA if publication.source is Source.CAMERA2 else publication.source
        want = self._wants.get((publication.endpoint_id, source))
        subscription.wanted_pixels = want.width * want.height if want else 0
        subscription.place = want.place if want else "thumbnail"

    def connect(self, publications: list[Publication], present: list[EndpointId], screen: Publication | None) -> bool:
        """Bring subscriptions in line with who is there; whether anything changed."""
        others = [each for each in present if each != self.endpoint_id and (self.only is None or each == self.only)]
        self.slots.assign(others)
        wanted: dict[PublicationId, tuple[Publication, Mid]] = {}
        for publication in publications:
            mid = self._section_for(publication, screen)
            if mid is not None and mid in self.outgoing:
                wanted[publication.id] = (publication, mid)
        changed = False
        for identifier in [each for each in self.subscriptions if each not in wanted]:
            self._drop(identifier)
            changed = True
        for identifier, (publication, mid) in wanted.items():
            if identifier not in self.subscriptions:
                self._subscribe(publication, mid)
                changed = True
        return changed

    def _section_for(self, publication: Publication, screen: Publication | None) -> Mid | None:
        if publication.source is Source.SCREEN:
            return self._remote.screen_mid if publication is screen else None
        index = self.slots.slot_of(publication.endpoint_id)
        if index is None:
            return None
        slot = self._remote.slots[index]
        if publication.source is Source.MICROPHONE:
            return slot.audio
        return slot.video

    def _subscribe(self, publication: Publication, mid: Mid) -> None:
        out = self.outgoing[mid]
        subscription: Subscription
        if publication.video:
            subscription = VideoSubscription(
                publication=publication,
                subscriber_id=self.endpoint_id,
                out=out,
                rewriter=self._rewriters[mid],
                enqueue=self._sender.enqueue,
                drops=self._drops,
            )
            self._apply_view(subscription)
        else:
            subscription = AudioSubscription(
                publication=publication,
                subscriber_id=self.endpoint_id,
                out=out,
                enqueue=self._sender.enqueue,
                drops=self._drops,
            )
        self.subscriptions[publication.id] = subscription
        self.by_ssrc[out.ssrc] = subscription
        publication.subscribe(subscription)

    def _drop(self, identifier: PublicationId) -> None:
        subscription = self.subscriptions.pop(identifier)
        if self.by_ssrc.get(subscription.out.ssrc) is subscription:
            del self.by_ssrc[subscription.out.ssrc]
        subscription.publication.unsubscribe(subscription)

    def lose(self, ssrcs: Collection[int]) -> list[VideoSubscription]:
        """What was to be sent under these was dropped: which pictures can go on with a key frame only."""
        lost = [each for each in self.videos if each.out.ssrc in ssrcs]
        for subscription in lost:
            subscription.lose()
        return lost

    def close(self) -> None:
        """Leave every publication."""
        for identifier in list(self.subscriptions):
            self._drop(identifier)

    def slot_map(self, *, now: float) -> SlotMap:
        """Who is where, and the state of each picture."""
        by_place = {(each.publication.endpoint_id, each.publication.source): each for each in self.videos}
        voices = {each.publication.endpoint_id for each in self.subscriptions.values() if not each.publication.video}
        slots = []
        for index, owner in enumerate(self.slots.owners):
            if owner is None:
                slots.append(SlotFacts(index=index))
                continue
            video = by_place.get((owner, Source.CAMERA)) or by_place.get((owner, Source.CAMERA2))
            stream = video.stream if video else None
            state = picture_state(video, now)
            slots.append(
                SlotFacts(
                    index=index,
                    endpoint_id=owner,
                    audio=owner in voices,
                    video=state,
                    why=video.limit if video and state is SlotState.NO_BANDWIDTH else Limit.NONE,
                    width=stream.width if stream else 0,
                    height=stream.height if stream else 0,
                )
            )
        screens = [each for each in self.videos if each.publication.source is Source.SCREEN]
        if not screens:
            return SlotMap(slots=tuple(slots))
        state = picture_state(screens[0], now)
        return SlotMap(
            slots=tuple(slots),
            screen_endpoint_id=screens[0].publication.endpoint_id,
            screen=state,
            screen_why=screens[0].limit if state is SlotState.NO_BANDWIDTH else Limit.NONE,
        )


def picture_state(subscription: VideoSubscription | None, now: float) -> SlotState:
    """The state of one picture at its subscriber."""
    if subscription is None or not subscription.publication.sending:
        return SlotState.OFF
    if subscription.wanted_pixels and subscription.waits_for_room:
        return SlotState.NO_BANDWIDTH
    if now - subscription.last_forward_s < FLOWING_S:
        return SlotState.FLOWING
    if subscription.wanted_pixels and subscription.selector.target < 0 and not subscription.publication.layers_planned:
        return SlotState.NO_BANDWIDTH
    return SlotState.WAITING
