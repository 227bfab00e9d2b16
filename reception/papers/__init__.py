"""Papers: what stands in each of them (pure), and how they become files."""
