"""Offer and answer (RFC 8829, 9429; one offer, one answer): SDP text to facts and back. Pure."""
