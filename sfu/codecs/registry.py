"""Which parser reads the payload of which codec."""

from collections.abc import Callable
from typing import Protocol

from sfu.codecs.av1 import parse_av1_untrusted
from sfu.codecs.facts import FrameFacts
from sfu.codecs.h264 import parse_h264_untrusted
from sfu.codecs.vp8 import parse_vp8_untrusted
from sfu.codecs.vp9 import parse_vp9_untrusted


class FactsParser(Protocol):
    """Reads the facts of one packet from its payload; raises MalformedPacket."""

    def __call__(self, payload: memoryview, *, marker: bool) -> FrameFacts: ...


_PARSERS: dict[str, Callable[..., FrameFacts]] = {
    "VP8": parse_vp8_untrusted,
    "VP9": parse_vp9_untrusted,
    "H264": parse_h264_untrusted,
    "AV1": parse_av1_untrusted,
}


def facts_parser(codec_name: str) -> FactsParser | None:
    """The parser of a video codec by its RTP name, None for one that we forward without looking."""
    return _PARSERS.get(codec_name)
