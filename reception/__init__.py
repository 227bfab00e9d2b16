"""The domain: sessions, endpoints, their lifecycle, and the store."""
