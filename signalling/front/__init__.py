"""The front of several workers: one HTTP address, each request to the worker that has its session."""
