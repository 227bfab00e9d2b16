"""How long pages and lists take on a store as full as a province's: `python -m benchmarks.pages`."""
