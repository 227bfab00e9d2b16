"""Bandwidth: congestion control, pacing, probing and allocation as pure state machines (no clock, no sockets)."""
