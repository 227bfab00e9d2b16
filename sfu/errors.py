"""The media plane's error tree."""


class SfuError(Exception):
    """Root of every error that the media plane raises."""


class MalformedPacket(SfuError):
    """Bytes from the network that are not what they claim; the caller counts a drop reason and returns."""


class NegotiationError(SfuError):
    """An offer that cannot be answered; the message says where and what to do."""
