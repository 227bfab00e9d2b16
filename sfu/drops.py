"""Every dropped packet has a named, counted reason."""

from collections import Counter
from enum import StrEnum


class DropReason(StrEnum):
    """Why a datagram or packet went no further. The names appear in `/metrics`."""

    EMPTY_DATAGRAM = "empty_datagram"
    OVERSIZED_DATAGRAM = "oversized_datagram"
    UNKNOWN_FIRST_BYTE = "unknown_first_byte"
    UNKNOWN_SOURCE = "unknown_source"
    STUN_MALFORMED = "stun_malformed"
    STUN_UNKNOWN_UFRAG = "stun_unknown_ufrag"
    STUN_BAD_INTEGRITY = "stun_bad_integrity"
    DTLS_QUEUE_FULL = "dtls_queue_full"
    DTLS_NOT_EXPECTED = "dtls_not_expected"
    SRTP_NOT_READY = "srtp_not_ready"
    SRTP_AUTH = "srtp_auth"
    SRTP_REPLAY = "srtp_replay"
    RTP_MALFORMED = "rtp_malformed"
    RTCP_MALFORMED = "rtcp_malformed"
    RTP_UNKNOWN_STREAM = "rtp_unknown_stream"
    RTP_UNKNOWN_PAYLOAD_TYPE = "rtp_unknown_payload_type"
    RTP_DUPLICATE = "rtp_duplicate"
    RTP_TOO_OLD = "rtp_too_old"
    RTX_MALFORMED = "rtx_malformed"
    RTX_PROBE = "rtx_probe"
    PADDING_ONLY = "padding_only"
    DESCRIPTOR_MALFORMED = "descriptor_malformed"
    PUBLICATION_MUTED = "publication_muted"
    LAYER_NOT_SELECTED = "layer_not_selected"
    WAITING_FOR_KEYFRAME = "waiting_for_keyframe"
    SUBSCRIPTION_PAUSED = "subscription_paused"
    REWRITE_TOO_OLD = "rewrite_too_old"
    SLOT_FREE = "slot_free"
    CODEC_NOT_NEGOTIATED = "codec_not_negotiated"
    PACER_OVERFLOW = "pacer_overflow"
    NACK_NOT_IN_HISTORY = "nack_not_in_history"
    NACK_TOO_SOON = "nack_too_soon"
    NACK_OVER_BUDGET = "nack_over_budget"
    SEND_WOULD_BLOCK = "send_would_block"
    SEND_FAILED = "send_failed"
    EGRESS_TOO_LARGE = "egress_too_large"
    SRTP_PROTECT = "srtp_protect"
    TCP_FRAME_MALFORMED = "tcp_frame_malformed"
    TCP_WRITE_QUEUE_FULL = "tcp_write_queue_full"


class Drops(Counter[DropReason]):
    """Counts per reason; `drops[DropReason.X] += 1` at the place of the early return."""
