"""Rooms 1, 2 and 5: the port, ICE-lite, DTLS-SRTP and egress."""
