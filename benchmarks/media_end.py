"""Both directions of one link behind one handler."""

from __future__ import annotations

from benchmarks.receiving import MediaReceiver
from benchmarks.sending import MediaSource
from sfu.transport.srtp import Buffer


class MediaEnd:
    """A MediaHandler: RTP goes to the receiver, RTCP to both; either may be missing."""

    def __init__(self, *, source: MediaSource | None = None, receiver: MediaReceiver | None = None) -> None:
        self.source, self.receiver = source, receiver
        if receiver is not None:
            self.on_rtp = receiver.on_rtp  # type: ignore[method-assign]  # no call between for each packet

    def on_rtp(self, buffer: Buffer, size: int, *, arrival_s: float) -> None:
        """See MediaHandler; nothing is wanted here without a receiver."""

    def on_rtcp(self, data: bytes, *, arrival_s: float) -> None:
        """See MediaHandler."""
        if self.source is not None:
            self.source.on_rtcp(data)
        if self.receiver is not None:
            self.receiver.on_rtcp(data, arrival_s=arrival_s)

    def start(self) -> None:
        """Begin to send and to answer."""
        if self.source is not None:
            self.source.start()
        if self.receiver is not None:
            self.receiver.start()

    def stop(self) -> None:
        """Stop both."""
        if self.source is not None:
            self.source.stop()
        if self.receiver is not None:
            self.receiver.stop()
