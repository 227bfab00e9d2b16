"""Payload descriptors: what a frame is, read from each codec's own header (pure)."""
