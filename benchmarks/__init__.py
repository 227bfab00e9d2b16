"""Synthetic endpoints and the load benchmark."""
