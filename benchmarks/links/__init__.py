"""Real traffic over shaped lines between network namespaces: `make bench-links`."""
