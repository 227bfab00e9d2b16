"""From RTP payloads to frames that a container takes (pure). One small file a codec."""
