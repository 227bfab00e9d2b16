"""From a slot map to the message that tells it."""

from sfu.slots import SlotMap
from signalling import messages as m


def slots_of(slot_map: SlotMap) -> m.Slots:
    """The message."""
    return m.Slots(
        slots=[
            m.SlotEntry(
                index=slot.index,
                endpoint_id=slot.endpoint_id,
                audio=slot.audio,
                video=slot.video.value,
                why=slot.why.value,
                width=slot.width,
                height=slot.height,
            )
            for slot in slot_map.slots
        ],
        screen=m.ScreenEntry(
            endpoint_id=slot_map.screen_endpoint_id,
            video=slot_map.screen.value,
            why=slot_map.screen_why.value,
        ),
    )
